import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PresentedOrder } from '../../orders/index.js';
import type { PaymentAnswer } from '../use-cases/order-answer.js';

/** What the client needs to go on with a payment. */
export class PaymentView {
  @ApiProperty({ type: 'string', nullable: true })
  id: string | null;

  @ApiProperty({ enum: ['stripe', 'manual'] })
  provider: PaymentAnswer['provider'];

  @ApiProperty({ example: 'succeeded' })
  status: PaymentAnswer['status'];

  @ApiPropertyOptional({ description: 'For the client that confirms the payment with Stripe itself.' })
  client_secret?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As Stripe tells it, such as 3-D Secure.',
  })
  next_action?: Readonly<Record<string, unknown>>;
}

/** An order, and its payment as far as the client has to do with it. */
export class OrderWithPayment extends PresentedOrder {
  @ApiProperty({ type: () => PaymentView, nullable: true, description: 'Null where no payment was asked for.' })
  payment: PaymentView | null;
}
