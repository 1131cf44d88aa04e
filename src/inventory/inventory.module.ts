import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InventoryFacade } from './inventory.facade.js';
import { ReservationEntity } from './persistence/reservation.entity.js';
import { ReservationLineEntity } from './persistence/reservation-line.entity.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { StockLevelEntity } from './persistence/stock-level.entity.js';
import { StockMovementEntity } from './persistence/stock-movement.entity.js';
import { StockRepository } from './persistence/stock.repository.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([StockLevelEntity, StockMovementEntity, ReservationEntity, ReservationLineEntity]),
  ],
  providers: [InventoryFacade, StockRepository, ReservationRepository],
  exports: [InventoryFacade],
})
export class InventoryModule {}
