import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { ShippingRate } from '../domain/shipping-rate.js';
import type { Zone } from '../domain/zone.js';

@Entity('shipping_rates')
@Check('shipping_rates_first_item_check', 'first_item >= 0')
@Check('shipping_rates_further_item_check', 'further_item >= 0')
export class ShippingRateEntity implements ShippingRate {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'shipping_rates_pkey' })
  zone: Zone;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'shipping_rates_pkey' })
  currency: string;

  @Column({ type: 'bigint' })
  firstItem: number;

  @Column({ type: 'bigint' })
  furtherItem: number;
}
