import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { destination, type DestinationStream } from 'pino';
import { CONFIG, type Config } from '../config/index.js';
import { withoutSecrets } from './without-secrets.js';

export { Logger } from 'nestjs-pino';

const LINES_TOGETHER_BYTES = 8_192;
/** What a process that is killed has not written yet. */
const LONGEST_IN_MEMORY_MS = 100;

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
          // Lines are written together, without keeping the process waiting; at its end, all that is left.
          stream:
            logTo ?? destination({ sync: false, minLength: LINES_TOGETHER_BYTES, periodicFlush: LONGEST_IN_MEMORY_MS }),
          base: { service: 'holdfast', process: processName },
          messageKey: 'msg',
          formatters: { log: (line) => withoutSecrets(line) },
          // Errors become objects only after the line was looked through.
          serializers: { err: (error: object) => withoutSecrets(error) },
          autoLogging: false,
        },
      }),
    });
  }
}
