import type { DomainError } from '../../kernel/domain-error.js';

/** Which request this is: the scope is principal, method and route; the fingerprint path, query and canonical body. */
export interface IdempotentRequest {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
}

export interface AnswerContent {
  readonly status: number;
  readonly body: object;
}

/** A request that takes effect once, and how its outcome is told. */
export interface IdempotentCall<Result> {
  readonly request: IdempotentRequest;
  present(result: Result): AnswerContent;
  /** The problem document of a refusal, or undefined where a repeat may well end otherwise and nothing is kept. */
  refuse(error: DomainError): AnswerContent | undefined;
}

/** A finished answer as it goes over the wire: the first time and, byte for byte, every time after. */
export class Answer {
  constructor(
    readonly status: number,
    readonly body: string,
    /** What the answer is about, such as an order id. */
    readonly subjectId: string | null,
    readonly replayed: boolean,
  ) {}
}
