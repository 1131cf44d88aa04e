import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../kernel/actor.js';
import type { ProductId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { AdminOnly, CurrentActor } from '../../platform/auth/index.js';
import {
  Idempotent,
  type IdempotentHttpCall,
  IdPipe,
  pageOf,
  PageQuery,
  presentListing,
} from '../../platform/http/index.js';
import { StockLevelQuery } from '../queries/stock-level.query.js';
import { StockMovementListQuery } from '../queries/stock-movement-list.query.js';
import { AdjustStock } from '../use-cases/adjust-stock.use-case.js';
import { CountStock } from '../use-cases/count-stock.use-case.js';
import { AdjustStockDto, CountStockDto } from './stock.dto.js';
import { presentLevel, presentMovement } from './stock.presenter.js';
import { StockLevelPage, StockLevelView, StockMovementPage } from './stock.view.js';

const productId = new IdPipe('prod', (id) => new ProductNotFound(id));

@ApiTags('Admin: inventory')
@AdminOnly()
@Controller('v1/admin/inventory')
export class AdminInventoryController {
  constructor(
    private readonly levels: StockLevelQuery,
    private readonly movements: StockMovementListQuery,
    private readonly countStock: CountStock,
    private readonly adjustStock: AdjustStock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Stock levels, newest products first' })
  @ApiOkResponse({ type: StockLevelPage })
  async find(@Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('inventory', await this.levels.find(page), page, presentLevel);
  }

  @Get(':product_id')
  @ApiOperation({ summary: 'The stock level of a product' })
  @ApiOkResponse({ type: StockLevelView })
  async get(@Param('product_id', productId) id: ProductId): Promise<StockLevelView> {
    return presentLevel(await this.levels.get(id));
  }

  @Put(':product_id')
  @ApiOperation({ summary: 'Set the stock to what was counted; the same number again leaves no trace' })
  @ApiOkResponse({ type: StockLevelView })
  async count(
    @CurrentActor() actor: Actor,
    @Param('product_id', productId) id: ProductId,
    @Body() body: CountStockDto,
  ): Promise<StockLevelView> {
    const { on_hand: onHand, expected_on_hand: expectedOnHand } = body;
    return presentLevel(await this.countStock.execute(actor, id, { onHand, expectedOnHand }));
  }

  @Post(':product_id/adjustments')
  @HttpCode(200)
  @ApiOperation({ summary: 'Book units that came or went outside of any sale' })
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOkResponse({ type: StockLevelView })
  adjust(
    @CurrentActor() actor: Actor,
    @Param('product_id', productId) id: ProductId,
    @Body() body: AdjustStockDto,
    @Idempotent() call: IdempotentHttpCall,
  ): Promise<object> {
    return this.adjustStock.execute(actor, call.answering(200, presentLevel), { productId: id, ...body });
  }

  @Get(':product_id/movements')
  @ApiOperation({ summary: 'The ledger of a product, newest movement first' })
  @ApiOkResponse({ type: StockMovementPage })
  async findMovements(@Param('product_id', productId) id: ProductId, @Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('movements', await this.movements.find(id, page), page, presentMovement);
  }
}
