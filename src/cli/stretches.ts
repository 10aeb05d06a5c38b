/**
 * A figure over time in as many equal stretches as a chart has columns, made where the rows are: a curve may have
 * millions of them.
 */
import type { StoreDoor } from '../client/store.ts';

/** A value of each stretch, from `from` to `to`, milliseconds. */
export interface Stretches {
  readonly from: number;
  readonly to: number;
  readonly values: readonly number[];
}

/**
 * @param rows what to select from: a view with its arguments, with a column `ts`
 * @param inside aggregate that stands for a stretch with rows
 * @param closing aggregate for what holds until the next row, in stretches without one
 * @returns null where there are no rows
 */
export async function stretchesOf(
  store: StoreDoor,
  rows: string,
  inside: string,
  closing: string,
  width: number,
): Promise<Stretches | null> {
  const [ends] = await store.rows<{ first: string; last: string; rows: string }>(
    `SELECT toUnixTimestamp64Milli(min(ts)) AS first, toUnixTimestamp64Milli(max(ts)) AS last, count() AS rows FROM ${rows}`,
  );
  if (ends === undefined || ends.rows === '0') return null;
  const from = Number(ends.first);
  const to = Number(ends.last);
  const step = Math.max(1, Math.ceil((to - from + 1) / width));
  const stretches = await store.rows<{ at: number; inside: number | string; closing: number | string }>(
    `SELECT toUInt32(intDiv(toUnixTimestamp64Milli(ts) - ${from}, ${step})) AS at,
       ${inside} AS inside, ${closing} AS closing
     FROM ${rows} GROUP BY at ORDER BY at`,
  );
  const values: number[] = [];
  let carried = 0;
  for (const stretch of stretches) {
    // Where nothing was recorded nothing changed.
    while (values.length < stretch.at) values.push(carried);
    values.push(Number(stretch.inside));
    carried = Number(stretch.closing);
  }
  return { from, to, values };
}
