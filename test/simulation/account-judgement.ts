/** Accounts as an engine shows them, against the oracle's fold of LEDGER, the effect log, and the marks that count. */
import type { AccountView, PositionView } from '../../src/domain/account-view.ts';
import type { Books } from '../support/oracle/books.ts';
import { plainText } from '../support/oracle/exact.ts';
import type { Market } from '../support/oracle/market.ts';
import type { EffectAudit } from './effect-audit.ts';
import type { ExpectedAccount, ExpectedLedger } from './expected-ledger.ts';
import type { LocalBooking } from './local-bookings.ts';
import { localBookings } from './local-bookings.ts';
import { fail, shown } from './simulation-failure.ts';
import { standIns, valuation } from './valuation.ts';
import type { World } from './world.ts';

export function judgeAccounts(
  { expected, audit }: World,
  market: Market,
  views: ReadonlyMap<string, AccountView>,
): void {
  for (const [id, account] of expected.accounts) {
    const view = views.get(id);
    if (view === undefined) fail(`there is no account ${id}`);
    const same = (what: string, is: unknown, wanted: unknown): void => {
      if (shown(is) !== shown(wanted)) fail(`${what} of ${id} is ${shown(is)}, expected ${shown(wanted)}`);
    };
    const books = expected.books(account);
    same('sequence', view.sequence, account.sequence);
    same('cash', nonZero(Object.entries(view.cash)), nonZero([...books.cash]));
    same('positions', view.positions.map(figures).sort(), positionsOf(books, market).sort());
    const { realizedPnl: realized, fees, income, netFlow } = view;
    same('what is booked', { realized, fees, income, netFlow }, audit.totalsAt(id, Infinity, Infinity));
    judgeWaiting(audit, expected, account, market);
    const { cashBalance: cash, positionValue: positions, unrealizedPnl: unrealized } = view;
    same('the value', { cash, positions, unrealized }, valuation(books, market, standIns(view, expected)));
  }
  for (const id of views.keys())
    if (!expected.accounts.has(id)) fail(`the account ${id} should never have opened`);
}

function nonZero(entries: readonly (readonly [string, number | bigint])[]): string[] {
  return entries
    .filter(([, amount]) => BigInt(amount) !== 0n)
    .map(([name, amount]) => `${name} ${amount}`)
    .sort();
}

function figures({ symbol, quantity, costBasis, realizedPnl, fees }: PositionView): string {
  return `${symbol} ${quantity} cost ${costBasis} realized ${realizedPnl} fees ${fees}`;
}

function positionsOf(books: Books, market: Market): string[] {
  return [...books.positions.values()].map(({ symbol, quantity, cost, realized, fees }) => {
    const text = plainText(quantity, market.instrument(symbol).quantity_scale);
    return `${symbol} ${text} cost ${cost} realized ${realized} fees ${fees}`;
  });
}

/** What was booked without a rate is booked since, if there is a rate now; once. */
function judgeWaiting(
  audit: EffectAudit,
  expected: ExpectedLedger,
  account: ExpectedAccount,
  market: Market,
): void {
  const waiting = new Map<string, { currency: string; count: number }>();
  const note = ({ field, currency, amount }: LocalBooking, change: 1 | -1): void => {
    const key = `${field} of ${amount} ${currency}`;
    const known = waiting.get(key) ?? { currency, count: 0 };
    waiting.set(key, known);
    known.count += change;
  };
  const { bookings } = expected.books(account);
  let next = 0;
  account.elements.forEach(({ sequence, index }, i) => {
    const fact = account.facts[i]!;
    const realized = fact.kind === 'trade' ? (bookings[next]?.amount ?? 0n) : 0n;
    const local = localBookings(fact, realized, market);
    next += local.length;
    const recorded = audit.records.get(`${sequence}:${index}`)?.bookings ?? [];
    recorded.forEach((base, place) => {
      if (Number.isNaN(base)) note(local[place]!, 1);
    });
  });
  for (const { account: of, late } of audit.late) {
    if (of === account.id) note({ ...late!, amount: BigInt(late!.amount) }, -1);
  }
  for (const [what, { currency, count }] of waiting) {
    if (count < 0) fail(`${what} of ${account.id} is booked late ${-count} times too often`);
    if (count > 0 && market.isRated(market.now, currency, 'USD')) {
      fail(`${what} of ${account.id} waits, though ${currency} has a rate`);
    }
  }
}
