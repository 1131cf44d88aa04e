/** The time of this machine, put forward by the test. */
export class ShiftedClock {
  private aheadMs = 0;

  readonly nowMs = (): number => Date.now() + this.aheadMs;

  shift(byMs: number): void {
    this.aheadMs += byMs;
  }

  reset(): void {
    this.aheadMs = 0;
  }
}
