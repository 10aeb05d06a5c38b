/** Why a request failed, by the name that the gateway gives it, or as nobody answered. */

export class Problem extends Error {
  readonly status: number;
  /** `history_away`, `account_unknown`, the reason of a rejection; `unreachable` where nobody answered. */
  readonly reason: string;

  constructor(status: number, reason: string, detail: string) {
    super(detail);
    this.status = status;
    this.reason = reason;
  }
}

export async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as {
    readonly reason?: string;
    readonly detail?: string;
  };
  const { reason = 'failed', detail = answer.statusText } = body;
  return new Problem(answer.status, reason, detail);
}

export function problemFrom(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'unreachable', 'the gateway does not answer');
}
