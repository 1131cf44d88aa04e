import type { Account } from './account.js';
import { settleRefund } from './actions/refunds.js';
import { NO_REQUEST } from './transaction.js';

/** Settles refunds whose test method says that they succeed or fail later; those of an earlier process as well. */
export class RefundClock {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly account: Account) {
    account.subscribe((written) => [...written.refund.keys()].forEach((id) => this.schedule(id)));
    for (const { refund } of account.all('refund')) this.schedule(refund.id);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private schedule(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const due = this.account.find('refund', id)?.settles;
    if (due === undefined || due === null) return;
    const timer = setTimeout(() => this.settle(id), Math.max(0, due.atMs - this.account.now));
    this.timers.set(id, timer.unref());
  }

  private settle(id: string): void {
    this.timers.delete(id);
    const row = this.account.find('refund', id);
    const status = row?.settles?.status;
    if (row === undefined || status === undefined) return;
    this.account.transact(NO_REQUEST, (tx) => settleRefund(tx, row, status));
  }
}
