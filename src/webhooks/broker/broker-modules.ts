import type { DynamicModule } from '@nestjs/common';
import type { Config } from '../../platform/config/index.js';

/** What a worker needs for the configured broker. Without one nothing of it is loaded: this file is all there is. */
export function brokerModules({ KAFKA_BOOTSTRAP: brokers }: Config): Promise<DynamicModule>[] {
  return brokers.length === 0 ? [] : [loadBroker()];
}

async function loadBroker(): Promise<DynamicModule> {
  const { BrokerModule } = await import('./broker.module.js');
  return { module: BrokerModule };
}
