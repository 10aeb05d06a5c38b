/** A tick of the subject `ticks`: `{"tick": 1727224321, "ts": 1727224321000}`. */
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import { isObject, notJson, parseJson } from './json.ts';
import { readTime } from './price-message.ts';

export interface Tick {
  readonly kind: 'tick';
  readonly tick: number;
  /** Milliseconds; NaN where the message gives none. */
  readonly ts: number;
}

export function readTick(payload: Uint8Array): Tick | Rejected {
  const m = parseJson(payload);
  if (m === notJson) return rejected('malformed', 'not JSON');
  if (!isObject(m)) return rejected('malformed', 'not an object');
  const tick = m['tick'];
  if (typeof tick !== 'number' || !Number.isSafeInteger(tick) || tick < 0)
    return rejected('malformed', 'tick');
  const ts = readTime(m['ts']);
  return ts === null ? rejected('malformed', 'ts') : { kind: 'tick', tick, ts };
}
