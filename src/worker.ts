import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfigOrExit } from './platform/config/index.js';
import { Logger } from './platform/observability/index.js';
import { WorkerModule } from './worker.module.js';

const config = loadConfigOrExit();

try {
  const app = await NestFactory.createApplicationContext(WorkerModule.of(config), {
    bufferLogs: true,
    abortOnError: false,
  });
  // First, so that whoever reads that the worker has started may stop it.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  app.useLogger(app.get(Logger));
  app.flushLogs();
} catch (error) {
  process.stderr.write(`The worker could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
