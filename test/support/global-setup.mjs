// Jest loads this file as it is, so it is JavaScript: it hands over to TypeScript at once.
import { tsImport } from 'tsx/esm/api';

export default async function globalSetup({ maxWorkers }) {
  const { startTestServices } = await tsImport('./services.ts', import.meta.url);
  globalThis[Symbol.for('holdfast.test-services')] = await startTestServices(maxWorkers);
}
