/** The provider had to be asked something and did not answer. This heals by itself and says nothing against the event. */
export class ProviderSilent extends Error {
  constructor(cause: unknown) {
    super(`the provider could not be asked: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ProviderSilent';
  }
}
