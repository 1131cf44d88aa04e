import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CONFIG } from '../config/index.js';
import { Logger, LoggingModule } from './logging.module.js';

const lines: string[] = [];

@Global()
@Module({ providers: [{ provide: CONFIG, useValue: { LOG_LEVEL: 'info' } }], exports: [CONFIG] })
class ConfigModule {}

@Module({ imports: [ConfigModule, LoggingModule.for('api', { write: (text) => lines.push(text) })] })
class LoggedModule {}

async function written(log: (logger: Logger) => void): Promise<Record<string, unknown>> {
  const context = await NestFactory.createApplicationContext(LoggedModule, { logger: false });
  lines.length = 0;
  log(context.get(Logger));
  await context.close();
  return JSON.parse(lines.join(''));
}

describe('a log line', () => {
  it('is JSON with what it tells, and no secret', async () => {
    const line = await written((logger) =>
      logger.log({ msg: 'asked', trace_id: 't-1', request: { headers: { authorization: 'Bearer 1', host: 'a' } } }),
    );

    expect(line).toMatchObject({
      ...{ level: 30, service: 'holdfast', process: 'api', msg: 'asked', trace_id: 't-1' },
      request: { headers: { authorization: '[redacted]', host: 'a' } },
    });
  });

  it('has no secret that an error brings along', async () => {
    const failure = Object.assign(new Error('refused'), {
      config: { headers: { cookie: 'a=1', host: 'a' } },
      token: 'x',
    });

    const line = await written((logger) => logger.error({ msg: 'failed', err: failure }));

    expect(line['err']).toMatchObject({
      ...{ type: 'Error', message: 'refused', token: '[redacted]' },
      config: { headers: { cookie: '[redacted]', host: 'a' } },
    });
    expect(JSON.stringify(line)).not.toContain('a=1');
  });
});
