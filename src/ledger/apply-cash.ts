/** Decides and applies a cash event: deposit, withdrawal, fee, dividend, interest, conversion. */
import { isCurrency } from '../domain/currency.ts';
import type { CashEvent } from '../domain/ledger-event.ts';
import { isSafe } from '../domain/rounding.ts';
import { rejected } from '../domain/rejection.ts';
import type { BookParts } from './book-parts.ts';
import {
  balanceAfter,
  book,
  bookedTogether,
  bookFits,
  buyUnits,
  cashFits,
  inBase,
  moveCash,
  pairOf,
  pocketOf,
  wipeBeforeFlow,
} from './booking.ts';
import type { Outcome } from './outcome.ts';
import { outcomes } from './outcome.ts';

/** These may be negative: a rebate, a short that pays. */
const signedKinds = new Set(['fee', 'dividend', 'interest']);

export function applyCash(b: BookParts, account: number, e: CashEvent, time: number): Outcome {
  for (const [field, currency] of [
    ['currency', e.currency],
    ['to_currency', e.toCurrency],
  ] as const) {
    if (currency !== '' && !isCurrency(currency))
      return rejected('currency_unknown', `${field}: ${currency}`);
  }
  if (e.amount === 0 || (e.amount < 0 && !signedKinds.has(e.kind))) return outcomes.amount;
  if (e.kind === 'conversion' && e.toAmount <= 0) return outcomes.toAmount;
  const { accounts, effect } = b;
  const pair = pairOf(b, account, e.currency === '' ? (accounts.baseCurrency[account] ?? '') : e.currency);
  const isOut = e.kind === 'withdrawal' || e.kind === 'fee' || e.kind === 'conversion';
  const change = isOut ? 0 - e.amount : e.amount;
  if (!cashFits(b, account, pair, change)) return outcomes.outOfRange;

  effect.currency = b.rates.currency(pair);
  effect.cashEffect = change;
  effect.rate = b.rates.factor(pair);
  switch (e.kind) {
    case 'deposit':
    case 'withdrawal':
      if (!bookFits(b, account, 'netFlow', pair, change)) return outcomes.outOfRange;
      wipeBeforeFlow(b, account, pair);
      noteBefore(b, account);
      effect.flowBase = flow(b, account, pair, change, time, e.effectiveAt);
      return 'applied';
    case 'conversion':
      return convert(b, account, e, pair, time);
    case 'fee':
      if (!bookFits(b, account, 'fees', pair, e.amount)) return outcomes.outOfRange;
      noteBefore(b, account);
      moveCash(b, account, pair, change);
      effect.feesBase = book(b, account, 'fees', pair, e.amount, -1, time);
      return 'applied';
    case 'dividend':
    case 'interest':
      if (!bookFits(b, account, 'income', pair, e.amount)) return outcomes.outOfRange;
      noteBefore(b, account);
      moveCash(b, account, pair, change);
      effect.incomeBase = book(b, account, 'income', pair, e.amount, -1, time);
      return 'applied';
  }
}

function noteBefore(b: BookParts, account: number): void {
  b.effect.equityBefore = b.accounts.equity(account);
  b.effect.navBefore = b.accounts.nav[account] ?? NaN;
}

/**
 * Cash and flow together; units are bought at once if there is a rate, else when it arrives. `effectiveAt` says which
 * session day the flow belongs to. Returns it in base, NaN while it waits.
 */
function flow(
  b: BookParts,
  account: number,
  pair: number,
  change: number,
  time: number,
  effectiveAt: number,
): number {
  const before = b.accounts.equity(account);
  moveCash(b, account, pair, change);
  const base = book(b, account, 'netFlow', pair, change, -1, effectiveAt);
  if (b.rates.hasRate(pair)) buyUnits(b, account, before, base, time);
  return base;
}

/** Both legs in one event. With a leg that has no rate, its legs are a withdrawal and a deposit. */
function convert(b: BookParts, account: number, e: CashEvent, pair: number, time: number): Outcome {
  const { pockets, effect } = b;
  const toPair = pairOf(b, account, e.toCurrency);
  const balance = pair === toPair ? undefined : balanceAfter(b, account, pair, 0 - e.amount);
  if (!isSafe(balanceAfter(b, account, toPair, e.toAmount, balance))) return outcomes.outOfRange;
  const isFlow = b.recall.isOn ? b.recall.isFlow : !b.rates.hasRate(pair) || !b.rates.hasRate(toPair);
  if (!isFlow) {
    const converted = (of: number): number => {
      const pocket = pockets.find(b.accounts.firstPocket[account] ?? -1, of);
      return pocket < 0 ? 0 : (pockets.converted[pocket] ?? 0);
    };
    if (!isSafe(converted(pair) - e.amount) || !isSafe(converted(toPair) + e.toAmount)) {
      return outcomes.outOfRange;
    }
    noteBefore(b, account);
    moveCash(b, account, pair, 0 - e.amount);
    moveCash(b, account, toPair, e.toAmount);
    const from = pocketOf(b, account, pair);
    const to = pocketOf(b, account, toPair);
    pockets.converted[from] = (pockets.converted[from] ?? 0) - e.amount;
    pockets.converted[to] = (pockets.converted[to] ?? 0) + e.toAmount;
    return 'applied';
  }
  if (
    !bookFits(b, account, 'netFlow', pair, 0 - e.amount) ||
    !bookFits(b, account, 'netFlow', toPair, e.toAmount, inBase(b, pair, 0 - e.amount))
  ) {
    return outcomes.outOfRange;
  }
  noteBefore(b, account);
  const out = flow(b, account, pair, 0 - e.amount, time, NaN);
  const into = flow(b, account, toPair, e.toAmount, time, NaN);
  effect.flowBase = bookedTogether(out, into);
  return 'applied';
}
