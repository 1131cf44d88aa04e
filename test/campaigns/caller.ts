import { eventually } from '../support/poll.js';
import type { Gate } from './gate.js';
import type { Tally } from './tally.js';

/** The members of answers that campaigns read; which of them are there depends on the route. */
export interface AnswerBody {
  readonly id?: string;
  readonly code?: string;
  readonly order_id?: string;
  readonly status?: string | number;
  readonly payment_status?: string;
  readonly total_amount?: number;
  readonly amount?: number;
  readonly payment?: { readonly client_secret: string | null } | null;
}

export interface CallerTools {
  readonly gate: Gate;
  readonly tally: Tally;
  /** Pause before a request is sent again. */
  readonly repeatEveryMs: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: AnswerBody;
  readonly replayed: boolean;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
}

/** A call may take 15 s by contract; longer than this and the client takes it as lost. */
const CALL_LIMIT_MS = 25_000;
/** A request that a crash cut off has a definite answer within 30 s, and the next crash may cut off the repeat as well. */
const ANSWER_LIMIT_MS = 150_000;

/** What says "not yet" and not "no": the same request is sent again with the same key. */
function asksToRepeat({ status, body }: Answer): boolean {
  return status === 503 || status === 429 || (status === 409 && body.code === 'idempotency_key_in_use');
}

class NoAnswerYet extends Error {}

/** One caller of the API who behaves as a careful client should: no answer is a reason to ask again, with the same key. */
export class Caller {
  constructor(
    readonly id: string,
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly tools: CallerTools,
  ) {}

  /** Sends once. Throws where no complete answer came. A 500 is written down: the service promises never to give one. */
  send(request: Request, signal = AbortSignal.timeout(CALL_LIMIT_MS)): Promise<Answer> {
    return this.tools.gate.run(async () => {
      this.tools.tally.count('requests');
      const { method, path, body, key } = request;
      const response = await fetch(`${this.url}${path}`, {
        method,
        signal,
        headers: {
          ...this.headers,
          ...(body && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const answer = await readAnswer(response);
      if (answer.status === 500) this.tools.tally.violate('no request is answered with a 500', { request, answer });
      return answer;
    });
  }

  /** Repeats until there is a definite answer. Throws after {@link ANSWER_LIMIT_MS}. */
  ask(request: Request): Promise<Answer> {
    let sent = 0;
    return eventually(
      async () => {
        if (sent > 0) this.tools.tally.count('repeats');
        sent += 1;
        const answer = await this.send(request);
        if (asksToRepeat(answer) || answer.status === 500) throw new NoAnswerYet(`${answer.status} ${answer.text}`);
        this.tools.tally.count('answers');
        return answer;
      },
      { withinMs: ANSWER_LIMIT_MS, everyMs: this.tools.repeatEveryMs },
    );
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body: AnswerBody = text === '' ? {} : JSON.parse(text);
  return { status: response.status, text, body, replayed: response.headers.get('idempotent-replayed') === 'true' };
}
