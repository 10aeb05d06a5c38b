/** Pockets, and what waits for a rate, in an account's snapshot. Currencies and symbols stand there by name. */
import type { BookField } from '../domain/effect.ts';
import type { BookParts } from './book-parts.ts';
import { pairOf, pocketOf } from './booking.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import { chain } from './unpriced.ts';

/** Their places are the format's. */
const fields: readonly BookField[] = ['realized', 'fees', 'income', 'netFlow'];

export function writePockets(b: BookParts, account: number, w: StateWriter): void {
  const { pockets } = b;
  for (const row of chain(b.accounts.firstPocket[account] ?? -1, pockets.next)) {
    w.text(b.rates.currency(pockets.pair[row] ?? 0));
    w.number(pockets.cash[row] ?? 0);
    w.number(pockets.flow[row] ?? 0);
    w.number(pockets.realized[row] ?? 0);
    w.number(pockets.income[row] ?? 0);
    w.number(pockets.fees[row] ?? 0);
    w.number(pockets.converted[row] ?? 0);
  }
}

export function readPockets(b: BookParts, account: number, r: StateReader): void {
  const { pockets } = b;
  while (!r.isAtSectionEnd) {
    const row = pocketOf(b, account, pairOf(b, account, r.name()));
    pockets.cash[row] = r.number();
    pockets.flow[row] = r.number();
    pockets.realized[row] = r.number();
    pockets.income[row] = r.number();
    pockets.fees[row] = r.number();
    pockets.converted[row] = r.number();
  }
}

export function writeWaiting(b: BookParts, account: number, w: StateWriter): void {
  for (const { field, pair, amount, holding, time } of b.waiting.of(account)) {
    w.byte(fields.indexOf(field));
    w.text(b.rates.currency(pair));
    w.number(amount);
    w.text(holding < 0 ? '' : b.instruments.symbols.name(b.holdings.symbolOf(holding)));
    w.number(time);
  }
}

/** After the holdings, which entries refer to. */
export function readWaiting(b: BookParts, account: number, r: StateReader): void {
  while (!r.isAtSectionEnd) {
    const field = fields[r.byte()];
    if (field === undefined) throw new Error('the state of an account has an amount that waits for nothing');
    const pair = pairOf(b, account, r.text());
    const amount = r.number();
    const symbol = r.text();
    const holding = symbol === '' ? -1 : b.holdings.find(account, b.instruments.symbols.find(symbol));
    b.waiting.add(account, { field, pair, amount, holding, time: r.number() });
  }
}
