import type { Tx } from '../database/index.js';
import { Answer, type AnswerContent, type IdempotentCall } from './idempotent-call.js';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from './idempotency.errors.js';
import type { HeldKey, IdempotencyRepository, StoredKey } from './idempotency.repository.js';

/** Thrown through the work of a repeated request, to end it with the answer that the first one got. */
export class AlreadyAnswered extends Error {
  constructor(readonly answer: Answer) {
    super('this request was answered before');
  }
}

/** Thrown through the work of a request whose key turned out not to be new: the work has to run again. */
export class KeyNotNew extends Error {}

/**
 * One run of one idempotent request. The work takes the key in its first transaction, together with what it does there,
 * and records the answer in its last one. Work on the database alone has one transaction for both.
 */
export class Claim<Result> {
  private held: HeldKey | undefined;
  private takenIn: Tx | undefined;
  private takenOver = false;
  private maybeNew = true;
  answer: Answer | undefined;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly call: IdempotentCall<Result>,
    private readonly ttlSeconds: number,
    private readonly note: (tx: Tx, answer: Answer) => void,
  ) {}

  /** The held key; undefined before it was taken. */
  get key(): HeldKey | undefined {
    return this.held;
  }

  /** The same for the work, which has taken it: it marks what the request creates, see {@link take}. */
  get id(): string {
    return this.required().id;
  }

  /** Whether an earlier run of this request held the key and died: what it left behind has to be looked for. */
  get isTakeOver(): boolean {
    return this.takenOver;
  }

  /**
   * Takes the key and answers its id, which marks what the request creates: a run after a crash gets the same id and must
   * look for what the first run left. Throws where the key is in use or belongs to another request.
   */
  async take(tx: Tx): Promise<string> {
    this.takenIn = tx;
    this.held = (await this.keys.insert(tx, this.call.request, this.ttlSeconds)) ?? (await this.takeExisting(tx));
    return this.held.id;
  }

  /**
   * Takes the key and asks, at the same moment, what the work has to know, which may lock rows: nothing is asked for a request
   * that repeats another. Answers nothing where an earlier run held the key, and what it left has to be looked for first.
   */
  async takeAsking<Asked>(tx: Tx, ask: () => Promise<Asked>): Promise<Asked | undefined> {
    if (!this.maybeNew) {
      await this.take(tx);
      return undefined;
    }
    // A second run, after a conflict or because the key is not new, must not end like this once more.
    this.maybeNew = false;
    const taken = this.takeNew(tx);
    const asked = ask();
    // Where the key cannot be had, nothing was asked.
    asked.catch(() => undefined);
    await taken;
    return asked;
  }

  private async takeNew(tx: Tx): Promise<void> {
    this.takenIn = tx;
    this.held = await this.keys.insertNew(tx, this.call.request, this.ttlSeconds);
    if (!this.held) throw new KeyNotNew();
  }

  /** Records the answer. Throws, and so undoes the transaction, where another run has taken over in the meantime. */
  async finish(tx: Tx, result: Result, subjectId: string | null): Promise<Answer> {
    const held = this.required();
    const content = this.call.present(result);
    // A key that this transaction took is not to be seen by any other run yet, so none can have taken it over.
    if (this.takenIn === tx) await this.keys.finishLater(tx, held, content, subjectId);
    else if (!(await this.keys.finish(tx, held, content, subjectId))) throw new IdempotencyKeyInUse();
    this.answer = answerOf(content, subjectId);
    this.note(tx, this.answer);
    return this.answer;
  }

  private required(): HeldKey {
    if (!this.held) throw new Error('the key is not held: take() has to come first');
    return this.held;
  }

  private async takeExisting(tx: Tx): Promise<HeldKey> {
    const stored = await this.keys.lock(tx, this.call.request);
    if (!stored) throw new IdempotencyKeyInUse();
    if (stored.expired) return this.renew(tx, stored);
    if (stored.fingerprint !== this.call.request.fingerprint) throw new IdempotencyKeyReused();
    if (stored.status === 'finished') throw new AlreadyAnswered(replay(stored));
    if (!stored.lapsed) throw new IdempotencyKeyInUse();
    this.takenOver = true;
    return this.keys.takeOver(tx, stored.id);
  }

  private async renew(tx: Tx, stored: StoredKey): Promise<HeldKey> {
    await this.keys.remove(tx, stored.id);
    const held = await this.keys.insert(tx, this.call.request, this.ttlSeconds);
    if (!held) throw new IdempotencyKeyInUse();
    return held;
  }
}

export function answerOf(content: AnswerContent, subjectId: string | null): Answer {
  return new Answer(content.status, JSON.stringify(content.body), subjectId, false);
}

function replay(stored: Pick<StoredKey, 'responseStatus' | 'responseBody' | 'subjectId'>): Answer {
  if (stored.responseStatus === null || stored.responseBody === null) throw new Error('a finished key has no answer');
  return new Answer(stored.responseStatus, stored.responseBody, stored.subjectId, true);
}
