import { isIP } from 'node:net';
import { WebhookUrlRefused } from '../domain/outbound.errors.js';
import { reachOf } from './target-address.js';

const LONGEST_URL = 2_048;
const HTTPS_PORT = 443;
const FIRST_UNPRIVILEGED_PORT = 1_024;

/** Scheme and authority as they were written, before any parser made them nicer. */
const WRITTEN = /^(?:https?):\/\/([^/?#\\]+)/i;
/** A parser drops tabs and line breaks and turns backslashes round: what people read would not be what is called. */
const UNREADABLE = /[\s\\\p{Cc}\p{Cf}]/u;

const LOCAL_SUFFIXES = ['.localhost', '.localdomain', '.local', '.internal', '.intranet', '.lan', '.home.arpa'];

export interface TargetPolicy {
  /** Whether plain http and addresses of private networks, this machine's among them, may be called. */
  readonly allowPrivate: boolean;
}

/**
 * The URL of a receiver, normalised. Throws WebhookUrlRefused for everything that could be meant for somebody else than who
 * reads it thinks, and for every literal address that is not to be called. A name is looked at again when it is resolved.
 */
export function readTargetUrl(text: string, policy: TargetPolicy): URL {
  const reason = faultOf(text, policy);
  if (reason !== undefined) throw new WebhookUrlRefused(reason);
  return new URL(text);
}

function faultOf(text: string, policy: TargetPolicy): string | undefined {
  if (text.length > LONGEST_URL) return `is longer than ${LONGEST_URL} characters`;
  const written = WRITTEN.exec(text)?.[1];
  const readable = written !== undefined && !UNREADABLE.test(text) && URL.canParse(text);
  if (!readable) return 'is not a URL such as https://shop.example/hooks';
  const url = new URL(text);
  return partsFault(url, written, policy) ?? portFault(url, policy) ?? hostFault(url, written, policy);
}

function partsFault(url: URL, written: string, { allowPrivate }: TargetPolicy): string | undefined {
  if (url.protocol === 'http:' && !allowPrivate) return 'must start with https://';
  if (written.includes('@')) return 'must not carry credentials: the signature says who sends';
  return url.hash === '' ? undefined : 'must not have a fragment: it would never be sent';
}

/** Ports below 1024 belong to services that speak something else. */
function portFault(url: URL, { allowPrivate }: TargetPolicy): string | undefined {
  const port = Number(url.port || HTTPS_PORT);
  if (port === 0) return 'must not name port 0';
  if (allowPrivate || port === HTTPS_PORT || port >= FIRST_UNPRIVILEGED_PORT) return undefined;
  return `must not name port ${port}: 443, or one from ${FIRST_UNPRIVILEGED_PORT} on`;
}

function hostFault(url: URL, written: string, policy: TargetPolicy): string | undefined {
  const host = written.replace(/:\d*$/, '').toLowerCase();
  if (host.includes('%')) return 'must not have an encoded host';
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) ? addressFault(url.hostname, host, policy) : nameFault(url.hostname, policy);
}

/** Decimal, octal, hexadecimal and short forms are read as the address that they are, and would pass by whoever reads. */
function addressFault(hostname: string, written: string, policy: TargetPolicy): string | undefined {
  if (hostname !== written) return `must write the address as ${hostname}`;
  const reach = reachOf(hostname.replace(/^\[(.*)\]$/, '$1'));
  if (reach === 'public' || (reach === 'private' && policy.allowPrivate)) return undefined;
  return 'must not lead to a private, local or reserved address';
}

function nameFault(hostname: string, policy: TargetPolicy): string | undefined {
  if (hostname.endsWith('.')) return 'must not end its host with a dot';
  if (policy.allowPrivate) return undefined;
  const local = !hostname.includes('.') || LOCAL_SUFFIXES.some((suffix) => hostname.endsWith(suffix));
  return local ? 'must name a host of the public internet' : undefined;
}
