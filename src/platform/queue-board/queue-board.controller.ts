import { createReadStream } from 'node:fs';
import { Body, Controller, Get, Inject, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminOnly } from '../auth/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { type HttpRequest, RouteNotFound } from '../http/index.js';
import { contentTypeOf } from './content-types.js';
import { inTime } from './in-time.js';
import { QueueBoard } from './queue-board.js';

const PATH = 'v1/admin/queues';

type Members = Record<string, unknown>;

/** Bull Board: what waits in the queues, what failed there, and buttons to try it again. Jobs are bells: nothing is lost here. */
@ApiTags('Admin: queues')
@AdminOnly()
@Controller(PATH)
export class QueueBoardController {
  constructor(
    private readonly board: QueueBoard,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: 'A page that shows the queues (Bull Board)' })
  async page(@Res() reply: FastifyReply): Promise<FastifyReply> {
    const page = (await this.board.server()).page(`${this.config.HTTP_PREFIX}/${PATH}/`);
    return reply.type('text/html; charset=utf-8').send(page);
  }

  @Get('static/*')
  @ApiExcludeEndpoint()
  async file(@Req() request: HttpRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const name = pathWithin(request).replace(/^\/static\//, '');
    const file = (await this.board.server()).findFile(name);
    if (file === undefined) throw nothingAt(request);
    return reply
      .type(contentTypeOf(name))
      .header('cache-control', 'private, max-age=3600')
      .send(createReadStream(file));
  }

  @Get('api/*')
  @ApiExcludeEndpoint()
  read(@Req() request: HttpRequest, @Query() query: Members, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.ask(request, reply, { query, body: {} });
  }

  @Post('api/*')
  @ApiExcludeEndpoint()
  post(@Req() request: HttpRequest, @Body() body: Members, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.ask(request, reply, { query: {}, body });
  }

  @Put('api/*')
  @ApiExcludeEndpoint()
  put(@Req() request: HttpRequest, @Body() body: Members, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.ask(request, reply, { query: {}, body });
  }

  @Patch('api/*')
  @ApiExcludeEndpoint()
  patch(@Req() request: HttpRequest, @Body() body: Members, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.ask(request, reply, { query: {}, body });
  }

  /** The page's own addresses, which a browser asks for when it is reloaded there. */
  @Get('*')
  @ApiExcludeEndpoint()
  async reload(@Req() request: HttpRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    if (!(await this.board.server()).isPage(pathWithin(request))) throw nothingAt(request);
    return this.page(reply);
  }

  private async ask(
    request: HttpRequest,
    reply: FastifyReply,
    asked: { readonly query: Members; readonly body: Members },
  ): Promise<FastifyReply> {
    const method = request.method.toLowerCase();
    const board = await this.board.server();
    const answer = await inTime(board.ask(method, pathWithin(request), asked));
    if (!answer) throw nothingAt(request);
    return reply.status(answer.status ?? 200).send(answer.body);
  }
}

/** What comes behind the board's own path, decoded. */
function pathWithin(request: HttpRequest): string {
  const [path = ''] = request.url.split('?', 1);
  return decodeURIComponent(path.slice(PATH.length + 1));
}

function nothingAt(request: HttpRequest): RouteNotFound {
  return new RouteNotFound(`There is nothing at ${request.method} ${pathWithin(request).slice(0, 100)} of the board.`);
}
