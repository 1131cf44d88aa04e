// HTTP as the contract has it: ids, problems, validation, paging, idempotency keys, body limits, documentation.
// Knows no route of any feature.
export { configureHttp } from './configure-http.js';
export { createFastifyAdapter } from './fastify-adapter.js';
export { CallersReason } from './callers-reason.decorator.js';
export { looksLikeCardNumber } from './card-number.js';
export { type FieldFault, MalformedJson, RouteNotFound, ServiceUnavailable, ValidationFailed } from './http.errors.js';
export type { HttpRequest, Principal } from './http-request.js';
export { IdPipe } from './id.pipe.js';
export { Idempotent, type IdempotentHttpCall } from './idempotent-call.decorator.js';
export { describeApi } from './openapi.js';
export { RawBody } from './raw-body.decorator.js';
export { pageOf, PageQuery, presentListing, QueryInteger } from './page.js';
export { PageView } from './page.view.js';
