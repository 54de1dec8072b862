/** A failed call. The server words `title` and `detail` for the person; we only add what it could not say. */
import type { ProblemBody } from './contract';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;
  /** Seconds the server asks us to wait, when it does. */
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody, retryAfter: number | null = null) {
    super(body.detail || body.title || body.code || String(status));
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'offline' : 'unknown');
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /** The message for one field, or null. */
  forField(name: string): string | null {
    return this.body.errors?.find((error) => error.field === name)?.message ?? null;
  }
}

export function isProblem(error: unknown, ...codes: string[]): error is Problem {
  return error instanceof Problem && (codes.length === 0 || codes.includes(error.code));
}

/**
 * There is nothing here for this person, or not any more: whatever is shown of it has to go. Any other failure to ask
 * again takes nothing away, least of all what somebody is writing over it.
 */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && [403, 404].includes(error.status);
}
