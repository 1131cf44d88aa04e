import type { Principal } from '../http/http-request.js';

/** A principal as his token tells him, before the request adds its trace. */
export type Identity = Omit<Principal, 'traceId'>;
