import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Config } from '../../../platform/config/index.js';
import { WebhookUrlRefused } from '../domain/outbound.errors.js';
import { reachOf } from './target-address.js';
import { readTargetUrl, type TargetPolicy } from './target-url.js';

/** How long a name may take at registration; what does not answer by then is left to the first delivery. */
const REGISTRATION_LIMIT_MS = 2_000;

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** None of the addresses that a name has may be called. */
export class TargetNotAllowed extends Error {
  readonly code = 'TARGET_NOT_ALLOWED';
}

/** Decides where webhooks may be sent to: by its text when an endpoint is registered, by its addresses at each connection. */
export class TargetGuard {
  private readonly underWay = new Map<string, Promise<readonly LookupAddress[]>>();

  constructor(
    private readonly policy: TargetPolicy,
    private readonly resolve: Resolve = resolveBySystem,
  ) {}

  /**
   * The URL of a new receiver. Throws WebhookUrlRefused, also where its name leads to nothing but addresses that may not be
   * called. A name that cannot be resolved just now passes: the connection is what counts.
   */
  async admit(text: string): Promise<URL> {
    const url = readTargetUrl(text, this.policy);
    if (this.policy.allowPrivate || isIP(bareHost(url)) !== 0) return url;
    const addresses = await withinLimit(this.resolveOnce(url.hostname)).catch(() => undefined);
    if (addresses?.length && this.allowed(addresses).length === 0) {
      throw new WebhookUrlRefused('must not lead to a private, local or reserved address');
    }
    return url;
  }

  /** The URL of a stored receiver, looked at again: the policy may have changed since, and literals are never resolved. */
  readmit(text: string): URL {
    return readTargetUrl(text, this.policy);
  }

  /**
   * The `lookup` of the socket itself: it answers the very addresses that are connected to, so that a name cannot lead to one
   * place while it is checked and to another when it is called.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolveOnce(hostname)
      .then((addresses) => {
        const allowed = this.allowed(addresses);
        const [first] = allowed;
        if (!first) throw new TargetNotAllowed('the name leads to private, local or reserved addresses alone');
        if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''));
  };

  private allowed(addresses: readonly LookupAddress[]): LookupAddress[] {
    return addresses.filter(({ address }) => {
      const reach = reachOf(address);
      return reach === 'public' || (reach === 'private' && this.policy.allowPrivate);
    });
  }

  /** Names are resolved on four threads that all share: a receiver whose name server is silent takes one, not all of them. */
  private resolveOnce(hostname: string): Promise<readonly LookupAddress[]> {
    const known = this.underWay.get(hostname);
    if (known) return known;
    const resolving = this.resolve(hostname).finally(() => this.underWay.delete(hostname));
    this.underWay.set(hostname, resolving);
    return resolving;
  }
}

/** On a developer's machine receivers are neighbours; in production a network of one's own is opened on purpose. */
export function targetPolicy(config: Pick<Config, 'NODE_ENV' | 'WEBHOOK_ALLOW_PRIVATE_TARGETS'>): TargetPolicy {
  const { NODE_ENV, WEBHOOK_ALLOW_PRIVATE_TARGETS: chosen } = config;
  return { allowPrivate: chosen === undefined ? NODE_ENV !== 'production' : chosen === 'true' };
}

function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, order: 'verbatim' }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

async function withinLimit<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), REGISTRATION_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
