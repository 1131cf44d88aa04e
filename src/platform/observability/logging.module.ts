import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { destination, type DestinationStream } from 'pino';
import { CONFIG, type Config } from '../config/index.js';

export { Logger } from 'nestjs-pino';

/** Members that must never reach a log, wherever in a line they stand. */
const SECRETS = ['authorization', 'cookie', 'client_secret', 'token', 'password', 'secret', 'payment_method', 'card'];

const redactedPaths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

/** JSON lines, on standard output or where it is told to. What HTTP answers is logged by platform/http. */
@Module({})
export class LoggingModule {
  static for(processName: 'api' | 'worker', logTo?: DestinationStream): DynamicModule {
    return LoggerModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        // No middleware: it would cost every request, and hide from Fastify the URL that the client wrote.
        forRoutes: [],
        pinoHttp: {
          level: config.LOG_LEVEL,
          // Lines of a busy moment are written together, without keeping the process waiting; at its end, all that is left.
          stream: logTo ?? destination({ sync: false }),
          base: { service: 'holdfast', process: processName },
          messageKey: 'msg',
          redact: { paths: redactedPaths, censor: '[redacted]' },
          autoLogging: false,
        },
      }),
    });
  }
}
