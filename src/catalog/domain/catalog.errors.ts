import { domainError } from '../../kernel/domain-error.js';

export class SkuTaken extends domainError({
  code: 'sku_taken',
  kind: 'conflict',
  summary: 'Another product that is not archived has this `sku`. Take another one, or archive that product first.',
}) {
  constructor(sku: string) {
    super(`Another product has the sku ${sku}.`, { sku });
  }
}
