import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a hold whose time is over is looked at again, because its payment could not be given up yet; null: at once. */
export class ReservationExpiry1795190400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reservations ADD COLUMN expiry_retry_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reservations DROP COLUMN expiry_retry_at');
  }
}
