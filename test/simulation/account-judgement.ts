/** Accounts as an engine shows them, against the oracle's fold of LEDGER, the effect log, and the marks that count. */
import type { AccountView, PositionView } from '../../src/domain/account-view.ts';
import type { Books } from '../support/oracle/books.ts';
import { plainText } from '../support/oracle/exact.ts';
import type { Market } from '../support/oracle/market.ts';
import type { EffectAudit } from './effect-audit.ts';
import type { ExpectedAccount } from './expected-account.ts';
import type { ExpectedLedger } from './expected-ledger.ts';
import { waitingOf } from './expected-waiting.ts';
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
    const books = account.books();
    same('sequence', view.sequence, account.sequence);
    same('cash', nonZero(Object.entries(view.cash)), nonZero([...books.cash]));
    same('positions', view.positions.flatMap(figures).sort(), positionsOf(books, market).sort());
    const { realizedPnl: realized, fees, income, netFlow } = view;
    same('what is booked', { realized, fees, income, netFlow }, audit.totalsAt(id, Infinity, Infinity));
    judgeWaiting(audit, expected, account, market);
    const { cashBalance: cash, positionValue: positions, unrealizedPnl: unrealized } = view;
    same(
      'the value',
      { cash, positions, unrealized },
      valuation(books, market, account.base, standIns(view, expected)),
    );
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

/** What was voided may have left a position of nothing: it is left out. */
function figures({ symbol, quantity, costBasis, realizedPnl, fees }: PositionView): string[] {
  if (quantity === '0' && [costBasis, realizedPnl, fees].every((x) => x === 0)) return [];
  return [`${symbol} ${quantity} cost ${costBasis} realized ${realizedPnl} fees ${fees}`];
}

function positionsOf(books: Books, market: Market): string[] {
  return [...books.positions.values()].flatMap(({ symbol, quantity, cost, realized, fees }) => {
    if ([quantity, cost, realized, fees].every((x) => x === 0n)) return [];
    const text = plainText(quantity, market.instrument(symbol).quantity_scale);
    return [`${symbol} ${text} cost ${cost} realized ${realized} fees ${fees}`];
  });
}

/** What was booked without a rate is booked since, if there is a rate now; once. */
function judgeWaiting(
  audit: EffectAudit,
  expected: ExpectedLedger,
  account: ExpectedAccount,
  market: Market,
): void {
  for (const { field, currency, amount } of waitingOf(account, audit, expected)) {
    if (!market.isRated(market.now, currency, account.base)) continue;
    fail(`${field} of ${amount} ${currency} of ${account.id} waits, though ${currency} has a rate`);
  }
}
