/**
 * Which conversions were flows, since a leg of theirs had no rate: what the table `effects` says of each. One query,
 * bounded. Knows nothing of the ledger.
 */
import { limits } from '../../../config/limits.ts';
import type { StoreDoor } from '../../client/store.ts';
import { Failure } from '../context.ts';
import { elementKey } from './ledger-only.ts';
import type { Elements } from './ledger-only.ts';

/** Of one account, or with null of all. */
export async function flowConversions(store: StoreDoor, account: string | null): Promise<Elements> {
  const rows = await store.rows<{ sequence: string; idx: number }>(
    // A flow of which all waits has no figure in base; one that was converted has 0.
    `SELECT DISTINCT sequence, idx FROM effects
     WHERE kind = 'conversion' AND (flow_base IS NULL OR flow_base != 0)
       ${account === null ? '' : 'AND account_id = {account:String}'}
     LIMIT {limit:UInt64}`,
    { limit: limits.rebuildConversionsMax + 1, ...(account === null ? {} : { account }) },
  );
  if (rows.length > limits.rebuildConversionsMax) {
    throw new Failure(
      `more than ${limits.rebuildConversionsMax} conversions were made without a rate: too many to look up`,
    );
  }
  return new Set(rows.map(({ sequence, idx }) => elementKey(Number(sequence), idx)));
}
