import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from '../config/index.js';
import { Database } from './database.js';
import { dataSourceOptions, type ProcessKind } from './data-source-options.js';
import { Migrations } from './migrations.js';

const CONNECT_ATTEMPTS = 10;
const CONNECT_RETRY_MS = 1_000;

@Module({})
export class DatabaseModule {
  static for(kind: ProcessKind): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [CONFIG],
          useFactory: (config: Config) => ({
            ...dataSourceOptions(config.DATABASE_URL, kind, config.DATABASE_POOL_SIZE),
            autoLoadEntities: true,
            retryAttempts: CONNECT_ATTEMPTS,
            retryDelay: CONNECT_RETRY_MS,
          }),
        }),
      ],
      providers: [Database, Migrations],
      exports: [Database, Migrations],
    };
  }
}
