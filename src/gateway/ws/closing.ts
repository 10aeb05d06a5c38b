/** Why the gateway closes a socket: codes and reasons that clients may rely on. The README has the same table. */

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export const closings = {
  /** The gateway ends: connect again. */
  goingAway: { code: 1001, reason: 'going_away' },
  slowReader: { code: 4008, reason: 'slow_reader' },
  /** No token in time, or none in the first message. */
  tokenMissing: unauthenticated('token_missing'),
  tokenExpired: unauthenticated('token_expired'),
  tooManyMessages: { code: 4429, reason: 'too_many_messages' },
  tooManySockets: { code: 4429, reason: 'too_many_sockets' },
} as const satisfies Record<string, Closing>;

export function unauthenticated(reason: string): Closing {
  return { code: 4401, reason };
}
