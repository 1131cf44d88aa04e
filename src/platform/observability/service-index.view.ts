import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'ServiceIndex' })
export class ServiceIndex {
  @ApiProperty({ example: 'holdfast' })
  name: string;

  @ApiProperty({ example: '1.0.0' })
  version: string;

  @ApiProperty({ example: '/docs', description: 'Pages that show and try every route.' })
  docs: string;

  @ApiProperty({ example: '/openapi.json' })
  openapi: string;

  @ApiProperty({ example: '/health' })
  health: string;
}
