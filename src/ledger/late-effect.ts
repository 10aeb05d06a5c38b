/** The effect of a tick: what had waited for a rate is booked in base. And how an account stands after any effect. */
import type { BookField, Effect } from '../domain/effect.ts';
import { lifecycleStates } from '../domain/lifecycle.ts';
import type { BookParts } from './book-parts.ts';
import { resetEffect } from './effect-record.ts';

export interface LateEntry {
  readonly field: BookField;
  readonly currency: string;
  /** Minor units of `currency`. */
  readonly amount: number;
}

/** The book's effect, filled; `time` in milliseconds, `base` what the entry came to in base, `holding` whose figures it is among, or -1. */
export function lateEffect(
  b: BookParts,
  row: number,
  time: number,
  entry: LateEntry,
  base: number,
  holding: number,
): Effect {
  const { accounts, effect, rates } = b;
  const { field, currency, amount } = entry;
  resetEffect(effect);
  effect.accountId = accounts.ids[row] ?? '';
  effect.sequence = accounts.sequence[row] ?? 0;
  effect.index = 0;
  effect.time = time;
  effect.event = { kind: 'booked', field, amount, currency };
  effect.bookings.push(base);
  if (holding >= 0) effect.symbol = b.instruments.symbols.name(b.holdings.symbolOf(holding));
  effect.currency = currency;
  effect.rate = rates.factor(rates.pair(currency, accounts.baseCurrency[row] ?? ''));
  if (field === 'realized') effect.realizedBase = base;
  else if (field === 'fees') effect.feesBase = base;
  else if (field === 'income') effect.incomeBase = base;
  else effect.flowBase = base;
  noteAfter(b, row);
  return effect;
}

/** How the account stands after the event that the effect tells of. */
export function noteAfter({ accounts, effect }: BookParts, row: number): void {
  effect.units = accounts.units[row] ?? NaN;
  effect.nav = accounts.nav[row] ?? NaN;
  effect.epoch = accounts.epoch[row] ?? 1;
  effect.state = lifecycleStates[accounts.lifecycle[row] ?? 0] ?? 'pending';
}
