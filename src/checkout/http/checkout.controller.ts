import { Body, Controller, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OrderId } from '../../kernel/id.js';
import { orderId } from '../../orders/index.js';
import { Caller, OrInternal } from '../../platform/auth/index.js';
import { Idempotent, type IdempotentHttpCall, type Principal } from '../../platform/http/index.js';
import type { Answer } from '../../platform/idempotency/index.js';
import { CancelOrder } from '../use-cases/cancel-order.use-case.js';
import { CheckOut } from '../use-cases/check-out.use-case.js';
import { CreateOrder } from '../use-cases/create-order.use-case.js';
import { PayOrder } from '../use-cases/pay-order.use-case.js';
import { RecordPayment } from '../use-cases/record-payment.use-case.js';
import { CancelOrderDto, CheckOutDto, CreateOrderDto, PayOrderDto, RecordPaymentDto } from './checkout.dto.js';
import { CHECKOUT_EXAMPLES } from './checkout.examples.js';
import { DuplicateRequests } from './duplicate-requests.js';
import { presentOrderAnswer } from './order-answer.presenter.js';
import { OrderWithPayment } from './order-answer.view.js';
import { addressOf } from './shipping-address.js';

const KEY = { name: 'Idempotency-Key', required: true, description: 'A key of your own for this one intent.' };

@ApiTags('Orders')
@Controller('v1/orders')
export class CheckoutController {
  constructor(
    private readonly checkOut: CheckOut,
    private readonly createOrder: CreateOrder,
    private readonly payOrder: PayOrder,
    private readonly recordPayment: RecordPayment,
    private readonly cancelOrder: CancelOrder,
    private readonly duplicates: DuplicateRequests,
  ) {}

  @Post('checkout')
  @HttpCode(201)
  @ApiHeader(KEY)
  @ApiBody({ type: CheckOutDto, examples: CHECKOUT_EXAMPLES })
  @ApiOperation({ summary: 'Turn the cart into an order and take the money' })
  @ApiCreatedResponse({ type: OrderWithPayment })
  async checkout(
    @Caller() caller: Principal,
    @Body() body: CheckOutDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = {
      ...whoAndHow(caller, body),
      shippingAddress: addressOf(body.shipping_address),
      expectedTotal: body.expected_total ?? null,
    };
    return this.duplicates.noted(caller, await this.checkOut.execute(command, call.answering(201, presentOrderAnswer)));
  }

  @Post()
  @HttpCode(201)
  @ApiHeader({ ...KEY, required: false, description: 'Required here or in the body.' })
  @ApiOperation({ summary: 'Order a list of products without a cart' })
  @ApiCreatedResponse({ type: OrderWithPayment })
  async create(
    @Caller() caller: Principal,
    @Body() body: CreateOrderDto,
    @Idempotent({ inBody: true }) call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = {
      ...whoAndHow(caller, body),
      shippingAddress: body.shipping_address ? addressOf(body.shipping_address) : null,
      lines: body.items.map((item) => ({
        productId: item.product_id,
        quantity: item.quantity,
        unitPrice: item.unit_price ?? null,
      })),
    };
    return this.duplicates.noted(
      caller,
      await this.createOrder.execute(command, call.answering(201, presentOrderAnswer)),
    );
  }

  @Post(':id/payments')
  @HttpCode(200)
  @ApiHeader(KEY)
  @ApiOperation({ summary: 'Pay an order, or try again after a decline' })
  @ApiOkResponse({ type: OrderWithPayment })
  pay(
    @Caller() caller: Principal,
    @Param('id', orderId) id: OrderId,
    @Body() body: PayOrderDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = { actor: caller, customerId: caller.id, orderId: id, paymentMethod: body.payment_method ?? null };
    return this.payOrder.execute(command, call.answering(200, presentOrderAnswer));
  }

  @Patch(':id/pay')
  @OrInternal()
  @ApiHeader(KEY)
  @ApiOperation({ summary: 'Attach a payment of yours, or (the shop) record money taken outside Stripe' })
  @ApiOkResponse({ type: OrderWithPayment })
  record(
    @Caller() caller: Principal,
    @Param('id', orderId) id: OrderId,
    @Body() body: RecordPaymentDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = { actor: caller, ownerId: ownerOf(caller), orderId: id, transactionId: body.transaction_id };
    return this.recordPayment.execute(command, call.answering(200, presentOrderAnswer));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiHeader(KEY)
  @ApiOperation({ summary: 'Give an order up; a paid one gets all of its money back' })
  @ApiOkResponse({ type: OrderWithPayment })
  cancel(
    @Caller() caller: Principal,
    @Param('id', orderId) id: OrderId,
    @Body() body: CancelOrderDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<Answer> {
    const command = { actor: caller, ownerId: caller.id, orderId: id, reason: body.reason ?? null };
    return this.cancelOrder.execute(command, call.answering(200, presentOrderAnswer));
  }
}

function whoAndHow(caller: Principal, body: CheckOutDto | CreateOrderDto) {
  return {
    actor: caller,
    customerId: caller.id,
    // The admin's search knows one spelling, whether the address came with the token or with the order.
    email: (body.email ?? caller.email)?.toLowerCase() ?? null,
    provider: body.provider ?? 'stripe',
    paymentMethod: body.payment_method ?? null,
  };
}

/** Admins and internal callers act on anybody's order. */
function ownerOf(caller: Principal): string | null {
  return caller.kind === 'admin' || caller.kind === 'internal' ? null : caller.id;
}
