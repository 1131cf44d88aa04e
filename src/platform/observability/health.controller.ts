import { Controller, Get, HttpStatus, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Probe, Public } from '../auth/access.decorators.js';
import { CONFIG, type Config } from '../config/index.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import { ServiceIndex } from './service-index.view.js';
import { serviceInfo } from './service-info.js';

@ApiTags('Health')
@Probe()
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'Where to go from here' })
  @ApiOkResponse({ type: ServiceIndex })
  index(): ServiceIndex {
    const { HTTP_PREFIX: prefix } = this.config;
    return { ...serviceInfo(), docs: `${prefix}/docs`, openapi: `${prefix}/openapi.json`, health: `${prefix}/health` };
  }

  @Get('health')
  @ApiOperation({ summary: 'Whether the process lives; asks no dependency' })
  live(): object {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether requests can be served, dependency by dependency' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = await this.readiness.check();
    if (report.status === 'down') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }

  @Get('v1/_info')
  @Public()
  @ApiOperation({ summary: 'Name, version and, where it is known, commit' })
  info(): object {
    const { GIT_COMMIT: commit } = this.config;
    return { ...serviceInfo(), ...(commit === undefined ? {} : { commit }) };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Measurements in the Prometheus text format' })
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
