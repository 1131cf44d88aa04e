import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../kernel/actor.js';
import type { Id } from '../../../kernel/id.js';
import { AdminOnly, CurrentActor } from '../../../platform/auth/index.js';
import { IdPipe, pageOf, PageQuery, presentListing } from '../../../platform/http/index.js';
import { DeadLetters } from '../../../platform/outbox/index.js';
import { DeadLetterNotFound } from '../domain/feed.errors.js';
import { DeadLetterPage, presentDeadLetter, PresentedDeadLetter } from './feed.view.js';

export const eventId = new IdPipe('evt', (id) => new DeadLetterNotFound(id));

@ApiTags('Admin: events')
@AdminOnly()
@Controller('v1/admin/dead-letters')
export class AdminDeadLettersController {
  constructor(private readonly deadLetters: DeadLetters) {}

  @Get()
  @ApiOperation({ summary: 'Events that a broker would not take, newest first; the feed has them all the same' })
  @ApiOkResponse({ type: DeadLetterPage })
  async find(@Query() query: PageQuery): Promise<object> {
    const page = pageOf(query);
    return presentListing('dead_letters', await this.deadLetters.find(page), page, presentDeadLetter);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Offer one to the broker once more' })
  @ApiAcceptedResponse({ type: PresentedDeadLetter })
  async replay(@CurrentActor() actor: Actor, @Param('id', eventId) id: Id<'evt'>): Promise<PresentedDeadLetter> {
    const event = await this.deadLetters.replay(actor, id);
    if (!event) throw new DeadLetterNotFound(id);
    return presentDeadLetter(event);
  }
}
