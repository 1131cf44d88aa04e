import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Two first changes of one cart race for its row with ON CONFLICT ON CONSTRAINT carts_pkey. An immediate second unique
 * index refuses the loser at once, before it can back out and take the row of the winner; a deferrable one is looked at
 * once the insert stands. It is still checked at the end of every statement.
 */
export class FirstChangeOfACart1795208400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE carts
  DROP CONSTRAINT carts_customer_id_key,
  ADD CONSTRAINT carts_customer_id_key UNIQUE (customer_id) DEFERRABLE INITIALLY IMMEDIATE;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE carts
  DROP CONSTRAINT carts_customer_id_key,
  ADD CONSTRAINT carts_customer_id_key UNIQUE (customer_id);`);
  }
}
