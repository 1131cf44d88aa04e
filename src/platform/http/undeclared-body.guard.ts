import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ValidationFailed } from './http.errors.js';
import type { HttpRequest } from './http-request.js';

/** Parameters through which a handler sees the body. A route that has one of them decides itself about the members. */
const SEES_BODY = [RouteParamtypes.REQUEST, RouteParamtypes.BODY, RouteParamtypes.RAW_BODY].map((type) => `${type}:`);
const MOST_FAULTS = 50;

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** Refuses members sent to a route that takes none, like unknown members of a route that takes some. */
export class UndeclaredBodyGuard implements CanActivate {
  private readonly known = new WeakMap<Handler, boolean>();

  canActivate(context: ExecutionContext): boolean {
    const { body } = context.switchToHttp().getRequest<HttpRequest>();
    const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    if (names.length > 0 && !this.seesBody(context)) {
      throw new ValidationFailed(
        names.slice(0, MOST_FAULTS).map((field) => ({ field, message: `property ${field} should not exist` })),
      );
    }
    return true;
  }

  private seesBody(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.known.get(handler);
    if (known !== undefined) return known;
    const declared: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name);
    const parameters = typeof declared === 'object' && declared !== null ? Object.keys(declared) : [];
    const answer = parameters.some((parameter) => SEES_BODY.some((type) => parameter.startsWith(type)));
    this.known.set(handler, answer);
    return answer;
  }
}
