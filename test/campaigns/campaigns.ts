import type { Campaign } from './campaign.js';
import { crash } from './crash.campaign.js';
import { doubleSubmit } from './double-submit.campaign.js';
import { events } from './events.campaign.js';
import { expiry } from './expiry.campaign.js';
import { partialRefunds } from './partial-refunds.campaign.js';
import { property } from './property.campaign.js';
import { unknownOutcomes } from './unknown-outcomes.campaign.js';
import { webhookOrder } from './webhook-order.campaign.js';

export const CAMPAIGNS: ReadonlyMap<string, Campaign> = new Map<string, Campaign>([
  ['double-submit', doubleSubmit],
  ['unknown-outcomes', unknownOutcomes],
  ['partial-refunds', partialRefunds],
  ['expiry', expiry],
  ['crash', crash],
  ['events', events],
  ['webhook-order', webhookOrder],
  ['property', property],
]);
