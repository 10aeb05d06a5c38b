/**
 * One attempt to deliver an alert: signed, bounded in time, redirects not followed. Says what the receiver made of it;
 * tries nothing again.
 */
import { createHmac } from 'node:crypto';
import { limits } from '../../../config/limits.ts';

export interface Post {
  readonly url: string;
  readonly secret: string;
  /** The same for every attempt. */
  readonly key: string;
  readonly body: Uint8Array;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** `refused`: by the receiver itself, which would most likely do so again. */
export type Posted = { readonly outcome: 'delivered' | 'refused' | 'failed'; readonly detail: string };

/** Statuses that say nothing of what was sent: later, or slower. */
const passing = [408, 425, 429];

/**
 * `t=<seconds since the epoch>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`, so that what was overheard cannot be sent
 * again later.
 */
export function signatureOf(secret: string, body: Uint8Array, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

export async function post({ url, secret, key, body, signal }: Post): Promise<Posted> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tidemark',
        'idempotency-key': key,
        'tidemark-signature': signatureOf(secret, body, Date.now()),
      },
      body: new Uint8Array(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limits.webhookAnswerMsMax)]),
    });
    // What it says does not matter, and may be long.
    await answer.body?.cancel();
    const { status } = answer;
    const detail = `answered ${status}`;
    if (status >= 200 && status < 300) return { outcome: 'delivered', detail };
    const isRefusal = status >= 300 && status < 500 && !passing.includes(status);
    return { outcome: isRefusal ? 'refused' : 'failed', detail };
  } catch (error) {
    return { outcome: 'failed', detail: wordFor(error) };
  }
}

/** Not the message itself, which may have the url in it. */
function wordFor(error: unknown): string {
  const { cause, name } = error as Error;
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return (
    code ??
    message ??
    (name === 'TimeoutError' ? `no answer within ${limits.webhookAnswerMsMax / 1000} s` : name)
  );
}
