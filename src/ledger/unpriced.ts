/** What an account holds that has no price: currencies without a rate, symbols without a mark. */
import type { BookParts } from './book-parts.ts';

/** Rows of a chain in the order in which they were opened. */
export function chain(first: number, next: Int32Array): number[] {
  const rows: number[] = [];
  for (let row = first; row >= 0; row = next[row] ?? -1) rows.push(row);
  return rows.reverse();
}

/** Currencies first, of cash and of positions, then symbols; each once. */
export function unpricedOf(b: BookParts, account: number): string[] {
  const { holdings, pockets, rates } = b;
  const names = new Set<string>();
  for (const row of chain(b.accounts.firstPocket[account] ?? -1, pockets.next)) {
    const pair = pockets.pair[row] ?? 0;
    if (pockets.cash[row] !== 0 && !rates.hasRate(pair)) names.add(rates.currency(pair));
  }
  const open = chain(b.accounts.firstHolding[account] ?? -1, holdings.next).filter(
    (row) => holdings.quantity[row] !== 0,
  );
  for (const row of open) {
    const { pair } = holdings.laneOf(row);
    if (!rates.hasRate(pair)) names.add(rates.currency(pair));
  }
  for (const row of open) {
    const symbol = holdings.symbolOf(row);
    if (!b.marks.has(symbol)) names.add(b.instruments.symbols.name(symbol));
  }
  return [...names];
}
