import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';
import {
  COMPARED_OBJECTS,
  type ComparedObject,
  DIFFERENCE_STATUSES,
  type DifferenceStatus,
} from '../domain/difference.js';

export class DifferencesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DIFFERENCE_STATUSES })
  @IsOptional()
  @IsIn(DIFFERENCE_STATUSES)
  status?: DifferenceStatus;

  @ApiPropertyOptional({ enum: COMPARED_OBJECTS })
  @IsOptional()
  @IsIn(COMPARED_OBJECTS)
  object?: ComparedObject;
}
