import { z } from 'zod';
import { stopRecordSchema } from './stop-in-order.js';

/** One line of JSON to the watchdog; see watchdog-main.ts. */
export const watchdogMessageSchema = z.union([
  /** A process runs. */
  z.strictObject({ watch: stopRecordSchema }),
  /** The process with this pid has ended. */
  z.strictObject({ gone: z.int() }),
  /** A folder to remove at the end. */
  z.strictObject({ temporary: z.string() }),
  /** The folder was removed. */
  z.strictObject({ removed: z.string() }),
]);
export type WatchdogMessage = z.infer<typeof watchdogMessageSchema>;
