/** A symbol's marks laid over NAV: both begin at the same height. Pure. */
import type { Mark } from '../api/shapes.ts';
import type { CurveRow } from './curve.ts';

export interface Overlaid {
  /** Seconds since the epoch, as the rows'. */
  readonly time: number;
  readonly value: number;
}

/** At each row the last mark up to it, by the NAV and the mark of the first row that has both. Marks are in order. */
export function overlaid(rows: readonly CurveRow[], stepMs: number, marks: readonly Mark[]): Overlaid[] {
  const known = marks.map(({ ts, price }) => ({ ts: Date.parse(ts), price: Number(price) }));
  const laid: Overlaid[] = [];
  let next = 0;
  let price: number | null = null;
  let scale: number | null = null;
  for (const { time, nav } of rows) {
    const end = time * 1000 + stepMs;
    for (let mark = known[next]; mark !== undefined && mark.ts < end; mark = known[++next])
      price = mark.price;
    if (price === null) continue;
    if (scale === null && nav !== null && price > 0) scale = nav / price;
    if (scale !== null) laid.push({ time, value: price * scale });
  }
  return laid;
}
