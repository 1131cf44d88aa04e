import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ProductId } from '../../kernel/id.js';
import { Public } from '../../platform/auth/index.js';
import { pageOf, PageQuery, presentListing } from '../../platform/http/index.js';
import { ProductListQuery } from '../queries/product-list.query.js';
import { ProductQuery } from '../queries/product.query.js';
import { productId } from './product-id.js';
import { presentProduct } from './product.presenter.js';
import { ProductPage, ProductView } from './product.view.js';

@ApiTags('Products')
@Public()
@Controller('v1/products')
export class ProductsController {
  constructor(
    private readonly product: ProductQuery,
    private readonly list: ProductListQuery,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Products for sale, newest first' })
  @ApiOkResponse({ type: ProductPage })
  async find(@Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('products', await this.list.find(page), page, presentProduct);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A product for sale' })
  @ApiOkResponse({ type: ProductView })
  async get(@Param('id', productId) id: ProductId): Promise<ProductView> {
    return presentProduct(await this.product.getForSale(id));
  }
}
