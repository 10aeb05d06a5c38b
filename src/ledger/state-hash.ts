/**
 * The hash of what follows from the ledger alone: quantities, cost, realized, fees per symbol; cash and books per
 * currency; the ids seen. What depended on marks is left out: two replays of the same ledger have the same hash.
 */
import { createHash } from 'node:crypto';
import type { BookParts } from './book-parts.ts';

export function stateHash(b: BookParts, account: number): string {
  const { accounts, holdings, pockets } = b;
  const lines: string[] = [];
  for (let row = accounts.firstHolding[account] ?? -1; row >= 0; row = holdings.next[row] ?? -1) {
    const figures = [holdings.quantity[row], holdings.cost[row], holdings.realized[row], holdings.fees[row]];
    lines.push(`p ${b.instruments.symbols.name(holdings.symbolOf(row))} ${figures.join(' ')}`);
  }
  for (let row = accounts.firstPocket[account] ?? -1; row >= 0; row = pockets.next[row] ?? -1) {
    const figures = [
      pockets.cash[row],
      pockets.flow[row],
      pockets.realized[row],
      pockets.income[row],
      pockets.fees[row],
      pockets.converted[row],
    ];
    lines.push(`c ${b.rates.currency(pockets.pair[row] ?? 0)} ${figures.join(' ')}`);
  }
  lines.sort();
  lines.push(`i ${b.seen.digest(account)}`);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}
