import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EndReservation } from './end-reservation.js';
import { AdminInventoryController } from './http/admin-inventory.controller.js';
import { AdminReservationsController } from './http/admin-reservations.controller.js';
import { ReservationsController } from './http/reservations.controller.js';
import { InventoryFacade } from './inventory.facade.js';
import { ReservationExpiryRepository } from './persistence/reservation-expiry.repository.js';
import { ReservationEntity } from './persistence/reservation.entity.js';
import { ReservationLineEntity } from './persistence/reservation-line.entity.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { StockLevelEntity } from './persistence/stock-level.entity.js';
import { StockMovementEntity } from './persistence/stock-movement.entity.js';
import { StockRepository } from './persistence/stock.repository.js';
import { ReservationQuery } from './queries/reservation.query.js';
import { StockLevelQuery } from './queries/stock-level.query.js';
import { StockMovementListQuery } from './queries/stock-movement-list.query.js';
import { AdjustStock } from './use-cases/adjust-stock.use-case.js';
import { CountStock } from './use-cases/count-stock.use-case.js';
import { ReserveStock } from './use-cases/reserve-stock.use-case.js';
import { SettleReservation } from './use-cases/settle-reservation.use-case.js';
import { ReservationExpiryFacade } from './reservation-expiry.facade.js';
import { ReservationSigns } from './reservation-signs.js';
import { StockLedgerFacade } from './stock-ledger.facade.js';
import { StockNews } from './stock-news.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([StockLevelEntity, StockMovementEntity, ReservationEntity, ReservationLineEntity]),
  ],
  controllers: [AdminInventoryController, AdminReservationsController, ReservationsController],
  providers: [
    InventoryFacade,
    ReservationExpiryFacade,
    StockLedgerFacade,
    EndReservation,
    ReservationSigns,
    StockNews,
    StockRepository,
    ReservationRepository,
    ReservationExpiryRepository,
    ReservationQuery,
    StockLevelQuery,
    StockMovementListQuery,
    CountStock,
    AdjustStock,
    ReserveStock,
    SettleReservation,
  ],
  exports: [InventoryFacade, ReservationExpiryFacade, StockLedgerFacade],
})
export class InventoryModule {}
