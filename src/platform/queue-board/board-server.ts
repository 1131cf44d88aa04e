import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  BullBoardRequest,
  ControllerHandlerReturnType,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';
import { listFiles } from './list-files.js';
import { matchRoute, type RouteParameters } from './match-route.js';

/** What was asked of the board, apart from where. */
export type BoardAsked = Pick<BullBoardRequest, 'query' | 'body'>;
export type BoardAnswer = ControllerHandlerReturnType;

interface Found {
  readonly route: AppControllerRoute;
  readonly params: RouteParameters;
}

/**
 * The HTTP server that Bull Board is handed its routes for. Ours does not listen: a controller asks it, so that whoever looks
 * at the board comes through the same guard, limits and problems as everybody else.
 */
export class BoardServer implements IServerAdapter {
  private readonly routes: AppControllerRoute[] = [];
  private queues: BullBoardQueues = new Map();
  private uiConfig: UIConfig = {};
  private entry: AppViewRoute | undefined;
  private template = '';
  private files: ReadonlyMap<string, string> = new Map();

  /** The page, for a browser that finds the board at `basePath`. */
  page(basePath: string): string {
    const view = this.entry?.handler({ basePath, uiConfig: this.uiConfig });
    return this.template.replace(/<%[=-] *(\w+) *%>/g, (_, name: string) => view?.params[name] ?? '');
  }

  /** Whether the page itself answers at a path: what it shows there, it finds out in the browser. */
  isPage(path: string): boolean {
    return [this.entry?.route ?? []].flat().some((pattern) => matchRoute(pattern, path) !== undefined);
  }

  /** Where a file of the page lies on the disk; undefined for a name that is none of its files. */
  findFile(name: string): string | undefined {
    return this.files.get(name);
  }

  /** Asks one of the routes below `/api`; undefined where there is none. */
  async ask(method: string, path: string, asked: BoardAsked): Promise<BoardAnswer | undefined> {
    const found = this.findRoute(method, path);
    if (!found) return undefined;
    const { queues, uiConfig } = this;
    return found.route.handler({ ...asked, queues, uiConfig, params: found.params, headers: {} });
  }

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues;
    return this;
  }

  setViewsPath(folder: string): this {
    this.template = readFileSync(join(folder, 'index.ejs'), 'utf8');
    return this;
  }

  setStaticPath(_route: string, folder: string): this {
    this.files = listFiles(folder);
    return this;
  }

  setEntryRoute(route: AppViewRoute): this {
    this.entry = route;
    return this;
  }

  /** What goes wrong is told as a problem, by the filter that tells all others. */
  setErrorHandler(): this {
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.routes.push(...routes);
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.uiConfig = config;
    return this;
  }

  private findRoute(method: string, path: string): Found | undefined {
    for (const route of this.routes) {
      if (![route.method].flat().some((each) => each === method)) continue;
      for (const pattern of [route.route].flat()) {
        const params = matchRoute(pattern, path);
        if (params) return { route, params };
      }
    }
    return undefined;
  }
}
