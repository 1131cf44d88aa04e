/** Where an order goes, as the buyer wrote it and as it is stored and shown. */
export interface ShippingAddress {
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  /** Two-letter code in the US, where it is required. */
  readonly state?: string | undefined;
  readonly postal_code: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
}
