import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminInventoryController } from './http/admin-inventory.controller.js';
import { InventoryFacade } from './inventory.facade.js';
import { ReservationEntity } from './persistence/reservation.entity.js';
import { ReservationLineEntity } from './persistence/reservation-line.entity.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { StockLevelEntity } from './persistence/stock-level.entity.js';
import { StockMovementEntity } from './persistence/stock-movement.entity.js';
import { StockRepository } from './persistence/stock.repository.js';
import { StockLevelQuery } from './queries/stock-level.query.js';
import { StockMovementListQuery } from './queries/stock-movement-list.query.js';
import { AdjustStock } from './use-cases/adjust-stock.use-case.js';
import { CountStock } from './use-cases/count-stock.use-case.js';
import { StockLedgerFacade } from './stock-ledger.facade.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([StockLevelEntity, StockMovementEntity, ReservationEntity, ReservationLineEntity]),
  ],
  controllers: [AdminInventoryController],
  providers: [
    InventoryFacade,
    StockLedgerFacade,
    StockRepository,
    ReservationRepository,
    StockLevelQuery,
    StockMovementListQuery,
    CountStock,
    AdjustStock,
  ],
  exports: [InventoryFacade, StockLedgerFacade],
})
export class InventoryModule {}
