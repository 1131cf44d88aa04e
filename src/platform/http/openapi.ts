import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Config } from '../config/index.js';
import type { ServiceInfo } from '../observability/service-info.js';
import { ProblemView } from './problem.view.js';
import { withIntegers } from './whole-numbers.js';

/** What every route may answer instead of what was asked for. */
const REFUSAL = {
  status: 'default',
  description: 'A refusal. `code` is stable; further members carry its facts.',
  content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemView) } } },
} as const;

/** The OpenAPI document of the routes as they are. */
export function describeApi(app: INestApplication, config: Config, info: ServiceInfo): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Holdfast')
    .setDescription('A self-hosted order engine. Money is an integer in minor units; errors are RFC 9457 problems.')
    .setVersion(info.version)
    .addBearerAuth()
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Internal-Key' }, 'internal')
    .addSecurityRequirements('bearer')
    .addGlobalResponse(REFUSAL);
  if (config.HTTP_PREFIX !== '') builder.addServer(config.HTTP_PREFIX);
  return withIntegers(SwaggerModule.createDocument(app, builder.build(), { extraModels: [ProblemView] }));
}

/**
 * Serves the document at /openapi.json and pages to try it at /docs. It is made when somebody first asks for it: most
 * processes never need it, and it takes time and memory of each start.
 */
export function serveApiDocs(app: INestApplication, describe: () => OpenAPIObject): void {
  SwaggerModule.setup('docs', app, describe, {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Holdfast API',
    // A link can lead to one route: /docs#/Orders/CheckoutController_checkout.
    swaggerOptions: { deepLinking: true },
  });
}
