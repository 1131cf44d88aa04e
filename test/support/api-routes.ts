import type { TestApi } from './api.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** A route as the service itself documents it. */
export interface ApiRoute {
  /** `POST /v1/orders/{id}/cancel` */
  readonly name: string;
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  readonly takesBody: boolean;
  /** The members of its query. */
  readonly query: readonly string[];
}

interface Operation {
  readonly requestBody?: object;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

/** Every route that the OpenAPI document of a running API names. */
export async function routesOf({ http }: TestApi): Promise<ApiRoute[]> {
  const { body } = await http.get('/openapi.json').expect(200);
  return Object.entries<Partial<Record<ApiRoute['method'], Operation>>>(body.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      return operation === undefined ? [] : [routeOf(method, path, operation)];
    }),
  );
}

function routeOf(method: ApiRoute['method'], path: string, { requestBody, parameters = [] }: Operation): ApiRoute {
  const query = parameters.filter((each) => each.in === 'query').map(({ name }) => name);
  return { name: `${method.toUpperCase()} ${path}`, method, path, takesBody: requestBody !== undefined, query };
}

/** Every leaf of a body, with its path as a problem document writes it: `items.0.quantity`. */
export function leavesOf(body: object, parent = ''): { readonly field: string; readonly value: unknown }[] {
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? leavesOf(value, `${parent}${name}.`)
      : [{ field: `${parent}${name}`, value }],
  );
}

const MARK = '\u0001';

/** A body as JSON text with other JSON at one leaf, which may be what no object of ours could hold. */
export function jsonWith(body: object, field: string, json: string): string {
  const copy = structuredClone(body);
  const names = field.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<object>((at, name) => {
    const next: object = Reflect.get(at, name);
    return next;
  }, copy);
  Reflect.set(holder, last, MARK);
  return JSON.stringify(copy).replace(JSON.stringify(MARK), () => json);
}
