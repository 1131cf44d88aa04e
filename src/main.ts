import { collectAll } from './small-heap.js';
import 'reflect-metadata';
import { createApi } from './create-api.js';
import { loadConfigOrExit } from './platform/config/index.js';

const config = loadConfigOrExit();

try {
  const app = await createApi(config);
  await app.listen(config.PORT, config.HOST);
  collectAll();
} catch (error) {
  process.stderr.write(`The API could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
