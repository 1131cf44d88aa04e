import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ShippingModule } from '../shipping/index.js';
import { AdminOrdersController } from './http/admin-orders.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { OrdersFacade } from './orders.facade.js';
import { OrderItemEntity } from './persistence/order-item.entity.js';
import { OrderEntity } from './persistence/order.entity.js';
import { OrderRepository } from './persistence/order.repository.js';
import { OrderAuditQuery } from './queries/order-audit.query.js';
import { OrderListQuery } from './queries/order-list.query.js';
import { OrderQuery } from './queries/order.query.js';
import { ArchiveOrder } from './use-cases/archive-order.use-case.js';
import { FulfilOrder } from './use-cases/fulfil-order.use-case.js';
import { RefusedMoves } from './use-cases/refused-moves.js';

@Module({
  imports: [TypeOrmModule.forFeature([OrderEntity, OrderItemEntity]), ShippingModule],
  controllers: [OrdersController, AdminOrdersController],
  providers: [
    OrdersFacade,
    OrderRepository,
    OrderQuery,
    OrderListQuery,
    OrderAuditQuery,
    FulfilOrder,
    ArchiveOrder,
    RefusedMoves,
  ],
  exports: [OrdersFacade, OrderQuery, RefusedMoves],
})
export class OrdersModule {}
