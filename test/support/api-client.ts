import request from 'supertest';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface CallOptions {
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One caller of the API: every request carries who he is. A request is sent when it is awaited or `.expect(…)`ed. */
export class ApiClient {
  constructor(
    private readonly server: string,
    /** The customer id, the admin's id, or `internal`. */
    readonly id: string,
    /** The headers that say who calls. */
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  get(path: string, options?: CallOptions): request.Test {
    return this.send('get', path, options);
  }

  post(path: string, body?: object, options?: CallOptions): request.Test {
    return this.send('post', path, options, body);
  }

  put(path: string, body?: object, options?: CallOptions): request.Test {
    return this.send('put', path, options, body);
  }

  patch(path: string, body?: object, options?: CallOptions): request.Test {
    return this.send('patch', path, options, body);
  }

  delete(path: string, options?: CallOptions): request.Test {
    return this.send('delete', path, options);
  }

  private send(method: Method, path: string, options: CallOptions = {}, body?: object): request.Test {
    const key = options.idempotencyKey === undefined ? {} : { 'Idempotency-Key': options.idempotencyKey };
    const begin = request(this.server)[method];
    const call = begin(path).set({ ...this.headers, ...key, ...options.headers });
    return body === undefined ? call : call.send(body);
  }
}
