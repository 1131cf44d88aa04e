const PLUMBING = new Set(['HEAD', 'OPTIONS']);

interface Route {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** Which methods exist for a path: what a 405 has to list. */
export class RouteMap {
  private readonly routes: Route[] = [];

  add(methods: readonly string[], url: string): void {
    if (url.includes('*')) return;
    const pattern = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)));
    // The pattern is made of the application's own routes, escaped, with one unambiguous class for each parameter.
    // eslint-disable-next-line security/detect-non-literal-regexp
    this.routes.push({ pattern: new RegExp(`^${pattern.join('/')}$`), methods });
  }

  methodsAt(path: string): string[] {
    const matching = this.routes.filter((route) => route.pattern.test(path));
    const methods = matching.flatMap((route) => route.methods).filter((method) => !PLUMBING.has(method));
    return [...new Set(methods)].sort();
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
