import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';
import { PAYMENT_STATES, type PaymentState } from '../domain/payment.js';

const PROVIDERS = ['stripe', 'manual'] as const;

/** A charge that belongs to no order yet, as its buyer sees it. */
@ApiSchema({ name: 'StandalonePayment' })
export class PresentedStandalonePayment {
  @ApiProperty({ example: 'pay_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ description: 'The same as `id`: what PATCH /v1/orders/{id}/pay takes.' })
  transaction_id: string;

  @ApiProperty({ enum: PAYMENT_STATES })
  status: PaymentState;

  @ApiProperty({ type: 'integer', description: 'Minor units of `currency`.' })
  amount: number;

  @ApiProperty({ description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

/** A payment as an admin sees it. */
@ApiSchema({ name: 'Payment' })
export class PresentedPayment {
  @ApiProperty({ example: 'pay_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ type: 'string', nullable: true })
  order_id: string | null;

  @ApiProperty({ enum: PAYMENT_STATES })
  status: PaymentState;

  @ApiProperty({ type: 'integer', description: 'Minor units of `currency`.' })
  amount: number;

  @ApiProperty({ description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty({ enum: PROVIDERS })
  provider: (typeof PROVIDERS)[number];

  @ApiProperty({ type: 'string', nullable: true, description: 'The id of the intent at Stripe.' })
  provider_payment_id: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class PaymentPage extends PageView {
  @ApiProperty({ type: () => [PresentedPayment] })
  payments: PresentedPayment[];
}
