import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller } from '../../platform/auth/index.js';
import { Idempotent, type IdempotentHttpCall, type Principal } from '../../platform/http/index.js';
import type { Answer } from '../../platform/idempotency/index.js';
import { StandalonePayments } from '../use-cases/standalone-payments.use-case.js';
import { StandalonePaymentDto } from './payment.dto.js';
import { presentStandalonePayment } from './payment.presenter.js';
import { PresentedStandalonePayment } from './payment.view.js';

@ApiTags('Payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly payments: StandalonePayments) {}

  @Post()
  @HttpCode(201)
  @ApiHeader({ name: 'Idempotency-Key', description: 'Required here or in the body.' })
  @ApiOperation({ summary: 'Charge a payment method first, attach the payment to an order afterwards' })
  @ApiCreatedResponse({ type: PresentedStandalonePayment })
  create(
    @Caller() caller: Principal,
    @Body() body: StandalonePaymentDto,
    @Idempotent({ inBody: true }) call: IdempotentHttpCall,
  ): Promise<Answer> {
    const { amount, currency, payment_method: paymentMethod } = body;
    const command = { customerId: caller.id, amount, currency, paymentMethod };
    return this.payments.create(command, call.answering(201, presentStandalonePayment));
  }
}
