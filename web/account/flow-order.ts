/**
 * An order to pay in or out, and the key under which it counts once: the same order sent again has the same key, another
 * one a new key. Pure.
 */
import type { CashFlow } from '../api/shapes.ts';

export interface KeyedOrder {
  readonly flow: CashFlow;
  readonly key: string;
}

/** `before`: the order that was sent last and of which nobody knows that it was booked. */
export function keyedOrder(flow: CashFlow, before: KeyedOrder | null, newKey: () => string): KeyedOrder {
  const isSame = before !== null && JSON.stringify(before.flow) === JSON.stringify(flow);
  return { flow, key: isSame ? before.key : newKey() };
}

/** Also on a page without TLS, where `crypto.randomUUID` is not. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `web-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
