import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../../platform/auth/index.js';
import { pageOf, presentListing } from '../../platform/http/index.js';
import { ReservationQuery } from '../queries/reservation.query.js';
import { AdminReservationsQuery } from './reservation.dto.js';
import { presentReservation } from './reservation.presenter.js';
import { ReservationPage } from './reservation.view.js';

@ApiTags('Admin: inventory')
@AdminOnly()
@Controller('v1/admin/reservations')
export class AdminReservationsController {
  constructor(private readonly reservations: ReservationQuery) {}

  @Get()
  @ApiOperation({ summary: 'Holds on stock, of orders and of other services, newest first' })
  @ApiOkResponse({ type: ReservationPage })
  async find(@Query() query: AdminReservationsQuery): Promise<object> {
    const page = pageOf(query);
    const filter = { status: query.status, orderId: query.order_id };
    return presentListing('reservations', await this.reservations.find(filter, page), page, presentReservation);
  }
}
