import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadRequest } from './http.errors.js';
import { pathOf } from './http-request.js';
import { presentProblem, PROBLEM_CONTENT_TYPE } from './problem.js';
import { identifyRequest } from './request-ids.js';

const STATUS_OF_CODE = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/** Answers a URL that cannot be decoded. No hook has run at this point, so the ids are made here. */
export function refuseBadUrl(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const ids = identifyRequest(request.headers);
  const problem = new BadRequest(
    'The path is not well-formed: its percent-encoding cannot be decoded.',
    {},
    { cause: error },
  );
  void reply
    .code(400)
    .header('X-Trace-ID', ids.traceId)
    .header('X-Request-Id', ids.requestId)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(presentProblem(problem, { ...ids, instance: pathOf(request) })));
}

/** Answers bytes that are no HTTP request, or too slow or too large a head of one, and closes the connection. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_CODE.get(error.code ?? '') ?? 400;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const ids = identifyRequest({});
  const problem = presentProblem(new BadRequest('The request is not well-formed HTTP.'), { ...ids, instance: '/' });
  const body = JSON.stringify({ ...problem, status, title });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Trace-ID: ${ids.traceId}`,
    `X-Request-Id: ${ids.requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
