/** How old the marks of what is held are, and what has none. */
import { useEffect, useState } from 'preact/hooks';
import type { Detail } from '../api/shapes.ts';
import { duration } from '../format/time.ts';
import { now } from '../live/connection.ts';
import { markAgesOf } from './mark-ages.ts';

const everyMs = 500;
/** Beyond, the oldest mark is worth a word of its own. */
const apartMs = 2_000;

export function PriceAge({ detail }: { readonly detail: Detail | null }) {
  const [at, setAt] = useState(now());
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), everyMs);
    return () => clearInterval(timer);
  }, []);
  if (detail === null) return null;
  const ages = markAgesOf(detail, at);
  const { unpriced, stale } = detail;
  return (
    <span class="price-age">
      {ages === null ? (
        'Nothing to price'
      ) : (
        <>
          Prices <b>{duration(ages.newestMs)}</b> old
          {ages.oldestMs - ages.newestMs > apartMs && <>, oldest {duration(ages.oldestMs)}</>}
        </>
      )}
      {unpriced.length > 0 && <span class="warn"> No price: {unpriced.join(', ')}</span>}
      {stale.length > 0 && <span class="warn"> Stale: {stale.join(', ')}</span>}
    </span>
  );
}
