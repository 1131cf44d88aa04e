// What an operator sees: logs, metrics, health, version.
// Never decides anything, and never shows a secret.
export { Logger, LoggingModule } from './logging.module.js';
export { Metrics } from './metrics.js';
export { ObservabilityModule } from './observability.module.js';
export { serviceInfo } from './service-info.js';
