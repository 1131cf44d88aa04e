import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { ApiModule } from './api.module.js';
import type { Config } from './platform/config/index.js';
import { Logger } from './platform/observability/index.js';
import { configureHttp, createFastifyAdapter } from './platform/http/index.js';

/**
 * The API with everything configured but not yet listening: `main.ts` listens, tests inject. Log lines go to standard
 * output, or to `logTo`.
 */
export async function createApi(config: Config, logTo?: DestinationStream): Promise<NestFastifyApplication> {
  const module = ApiModule.of(config, logTo);
  const app = await NestFactory.create<NestFastifyApplication>(module, createFastifyAdapter(config), {
    bufferLogs: true,
    bodyParser: false,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  await configureHttp(app, config);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
