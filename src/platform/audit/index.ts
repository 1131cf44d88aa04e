// The append-only record of every change of an order and of every refused attempt.
// Never updates or deletes: the database refuses it.
export { AuditModule } from './audit.module.js';
export { AuditTrail, type NewAuditEntry } from './audit-trail.js';
