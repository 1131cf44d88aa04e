import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { CONFIG, type Config } from '../config/index.js';
import { pathOf } from '../http/http-request.js';

export { Logger } from 'nestjs-pino';

/** Members that must never reach a log, wherever in a line they stand. */
const SECRETS = ['authorization', 'cookie', 'client_secret', 'token', 'password', 'secret', 'payment_method', 'card'];

const redactedPaths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

interface LoggedRequest {
  method?: string;
  url?: string;
}

/** One JSON line a request and a job, on standard output or where it is told to. */
@Module({})
export class LoggingModule {
  static for(processName: 'api' | 'worker', logTo?: DestinationStream): DynamicModule {
    return LoggerModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        pinoHttp: {
          level: config.LOG_LEVEL,
          stream: logTo,
          base: { service: 'holdfast', process: processName },
          messageKey: 'msg',
          redact: { paths: redactedPaths, censor: '[redacted]' },
          autoLogging: { ignore: probeOf(config.HTTP_PREFIX) },
          quietReqLogger: true,
          serializers: { req: describeRequest, res: (res: { statusCode: number }) => ({ status: res.statusCode }) },
          customProps: (_request: IncomingMessage, response: ServerResponse) => ({
            trace_id: response.getHeader('x-trace-id'),
            request_id: response.getHeader('x-request-id'),
          }),
          customLogLevel: (_request, response, error) =>
            response.statusCode >= 500 || error !== undefined ? 'error' : 'info',
        },
      }),
    });
  }
}

/** Probes and scrapes ask every few seconds and say nothing about the business. */
function probeOf(prefix: string) {
  const probes = new Set(['/health', '/health/ready', '/metrics'].flatMap((path) => [path, `${prefix}${path}`]));
  return (request: IncomingMessage & { originalUrl?: string }): boolean =>
    probes.has(pathOf({ originalUrl: request.originalUrl ?? request.url ?? '' }));
}

function describeRequest(request: LoggedRequest): object {
  return { method: request.method, path: pathOf({ originalUrl: request.url ?? '' }) };
}
