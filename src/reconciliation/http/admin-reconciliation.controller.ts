import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../../platform/auth/index.js';
import { pageOf, presentListing } from '../../platform/http/index.js';
import { DifferenceListQuery } from '../queries/difference-list.query.js';
import { DifferencesQuery } from './difference.dto.js';
import { presentDifference } from './difference.presenter.js';
import { DifferencePage } from './difference.view.js';

@ApiTags('Admin: reconciliation')
@AdminOnly()
@Controller('v1/admin/reconciliation-differences')
export class AdminReconciliationController {
  constructor(private readonly list: DifferenceListQuery) {}

  @Get()
  @ApiOperation({ summary: 'Where our books and Stripe’s disagree, or disagreed, newest first' })
  @ApiOkResponse({ type: DifferencePage })
  async find(@Query() query: DifferencesQuery): Promise<object> {
    const page = pageOf(query);
    const listing = await this.list.find({ status: query.status, object: query.object }, page);
    return presentListing('reconciliation_differences', listing, page, presentDifference);
  }
}
