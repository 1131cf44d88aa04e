export default async function globalTeardown() {
  await globalThis[Symbol.for('holdfast.test-services')]?.stop();
}
