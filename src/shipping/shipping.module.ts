import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ShipmentEntity } from './persistence/shipment.entity.js';
import { ShippingRateEntity } from './persistence/shipping-rate.entity.js';
import { ShippingRepository } from './persistence/shipping.repository.js';
import { ShippingFacade } from './shipping.facade.js';

@Module({
  imports: [TypeOrmModule.forFeature([ShippingRateEntity, ShipmentEntity])],
  providers: [ShippingFacade, ShippingRepository],
  exports: [ShippingFacade],
})
export class ShippingModule {}
