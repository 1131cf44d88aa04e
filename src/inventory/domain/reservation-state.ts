import { stateMachine } from '../../kernel/state-machine.js';

export const RESERVATION_STATUSES = ['active', 'confirmed', 'released', 'expired'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** How a hold on stock can end: sold, given back, or given back because its time was over. Each only once. */
export type ReservationOutcome = Exclude<ReservationStatus, 'active'>;

export const reservationMachine = stateMachine<ReservationStatus>('active', {
  active: ['confirmed', 'released', 'expired'],
  confirmed: [],
  released: [],
  expired: [],
});
