// What the process was told from outside: read once, checked as a whole, frozen.
// Never reads the environment after boot, and never prints a value.
export { CONFIG, ConfigModule } from './config.module.js';
export { type Config, configShape } from './config.schema.js';
export { ConfigError, loadConfig, loadConfigOrExit, readDatabaseUrl } from './load-config.js';
