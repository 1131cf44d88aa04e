import { Body, Controller, Delete, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ProductId } from '../../kernel/id.js';
import { AdminOnly } from '../../platform/auth/index.js';
import { ProductQuery } from '../queries/product.query.js';
import { ArchiveProduct } from '../use-cases/archive-product.use-case.js';
import { CreateProduct } from '../use-cases/create-product.use-case.js';
import { UpdateProduct } from '../use-cases/update-product.use-case.js';
import { productId } from './product-id.js';
import { changesOf, CreateProductDto, draftOf, UpdateProductDto } from './product.dto.js';
import { presentProduct } from './product.presenter.js';
import { ProductView } from './product.view.js';

@ApiTags('Admin: products')
@AdminOnly()
@Controller('v1/admin/products')
export class AdminProductsController {
  constructor(
    private readonly product: ProductQuery,
    private readonly createProduct: CreateProduct,
    private readonly updateProduct: UpdateProduct,
    private readonly archiveProduct: ArchiveProduct,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Add a product, without stock' })
  @ApiCreatedResponse({ type: ProductView })
  async create(@Body() body: CreateProductDto): Promise<ProductView> {
    return presentProduct(await this.product.get(await this.createProduct.execute(draftOf(body))));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change some members of a product; orders keep what they were sold at' })
  @ApiOkResponse({ type: ProductView })
  async update(@Param('id', productId) id: ProductId, @Body() body: UpdateProductDto): Promise<ProductView> {
    await this.updateProduct.execute(id, changesOf(body));
    return presentProduct(await this.product.get(id));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Archive a product: off sale, its sku free; repeating it changes nothing' })
  @ApiOkResponse({ type: ProductView })
  async archive(@Param('id', productId) id: ProductId): Promise<ProductView> {
    await this.archiveProduct.execute(id);
    return presentProduct(await this.product.get(id));
  }
}
