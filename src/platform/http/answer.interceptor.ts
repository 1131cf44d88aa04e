import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Answer } from '../idempotency/index.js';
import type { HttpRequest } from './http-request.js';
import { PROBLEM_CONTENT_TYPE } from './problem.js';

/**
 * Sends a recorded answer byte for byte. Nest sets the status of the route's decorator after this, so the recorded one is
 * put right by {@link restoreAnswerStatus} on the way out.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof Answer)) return result;
        http.getRequest<HttpRequest>().answer = result;
        const reply = http.getResponse<FastifyReply>();
        const type = result.status < 400 ? 'application/json; charset=utf-8' : PROBLEM_CONTENT_TYPE;
        void reply.header('content-type', type);
        if (result.replayed) void reply.header('Idempotent-Replayed', 'true');
        return result.body;
      }),
    );
  }
}

/** The onSend step that belongs to {@link AnswerInterceptor}. */
export function restoreAnswerStatus(answer: Answer | undefined, reply: FastifyReply): void {
  if (answer) void reply.code(answer.status);
}
