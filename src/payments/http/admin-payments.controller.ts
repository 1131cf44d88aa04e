import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PaymentId } from '../../kernel/id.js';
import { AdminOnly } from '../../platform/auth/index.js';
import { IdPipe, pageOf, PageQuery, presentListing } from '../../platform/http/index.js';
import { PaymentNotFound } from '../domain/payment.errors.js';
import { PaymentListQuery } from '../queries/payment-list.query.js';
import { presentPayment } from './payment.presenter.js';
import { PaymentPage, PresentedPayment } from './payment.view.js';

export const paymentId = new IdPipe('pay', (id) => new PaymentNotFound(id));

@ApiTags('Admin: payments')
@AdminOnly()
@Controller('v1/admin/payments')
export class AdminPaymentsController {
  constructor(private readonly payments: PaymentListQuery) {}

  @Get()
  @ApiOperation({ summary: 'All payments, newest first' })
  @ApiOkResponse({ type: PaymentPage })
  async find(@Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('payments', await this.payments.find(page), page, presentPayment);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One payment' })
  @ApiOkResponse({ type: PresentedPayment })
  async get(@Param('id', paymentId) id: PaymentId): Promise<PresentedPayment> {
    return presentPayment(await this.payments.get(id));
  }
}
