/** How old the marks of what is held are. Pure. */
import type { Detail } from '../api/shapes.ts';

export interface MarkAges {
  readonly newestMs: number;
  readonly oldestMs: number;
}

/** null where nothing that is held has a mark. `at`: by the gateway's clock. */
export function markAgesOf({ positions }: Pick<Detail, 'positions'>, at: number): MarkAges | null {
  const marks = positions
    .filter(({ quantity }) => Number(quantity) !== 0)
    .map(({ mark_ts: ts }) => ts)
    .filter((ts) => ts !== null);
  if (marks.length === 0) return null;
  const age = (ts: number): number => Math.max(0, at - ts);
  return { newestMs: age(Math.max(...marks)), oldestMs: age(Math.min(...marks)) };
}
