import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { ReservationId } from '../../kernel/id.js';
import { CurrentActor, InternalOnly } from '../../platform/auth/index.js';
import { IdPipe } from '../../platform/http/index.js';
import { ReservationNotFound } from '../domain/inventory.errors.js';
import { ReserveStock } from '../use-cases/reserve-stock.use-case.js';
import { SettleReservation } from '../use-cases/settle-reservation.use-case.js';
import { ReserveStockDto } from './reservation.dto.js';
import { presentReservation } from './reservation.presenter.js';
import { ReservationView } from './reservation.view.js';

const reservationId = new IdPipe('rsv', (id) => new ReservationNotFound(id));

@ApiTags('Services: reservations')
@InternalOnly()
@Controller('v1/inventory/reservations')
export class ReservationsController {
  constructor(
    private readonly reserveStock: ReserveStock,
    private readonly settle: SettleReservation,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Hold stock for another service, all lines or none' })
  @ApiCreatedResponse({ type: ReservationView })
  async reserve(@CurrentActor() actor: Actor, @Body() body: ReserveStockDto): Promise<ReservationView> {
    const items = body.items.map((item) => ({ productId: item.product_id, quantity: item.quantity }));
    const { reference, ttl_seconds: ttlSeconds } = body;
    return presentReservation(await this.reserveStock.execute(actor, { reference, items, ttlSeconds }));
  }

  @Post(':id/commit')
  @HttpCode(200)
  @ApiOperation({ summary: 'The units were sold: they leave the shelf for good, once' })
  @ApiOkResponse({ type: ReservationView })
  async commit(@CurrentActor() actor: Actor, @Param('id', reservationId) id: ReservationId): Promise<ReservationView> {
    return presentReservation(await this.settle.execute(actor, id, 'confirmed'));
  }

  @Post(':id/release')
  @HttpCode(200)
  @ApiOperation({ summary: 'The units were not sold: they are available again, once' })
  @ApiOkResponse({ type: ReservationView })
  async release(@CurrentActor() actor: Actor, @Param('id', reservationId) id: ReservationId): Promise<ReservationView> {
    return presentReservation(await this.settle.execute(actor, id, 'released'));
  }
}
