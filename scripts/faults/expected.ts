/**
 * What the accounts of a fault test must come to: the suite's naive oracle, fed with what was sent in the order of the
 * ledger. Rates stand still and only the last prices count, so that two boards of the market are enough.
 */
import { accountName, symbolName, type LoadPlan } from '../../src/load/plan.ts';
import { OracleAccount } from '../../test/support/oracle/account.ts';
import type { CashFact, Fact } from '../../test/support/oracle/books.ts';
import { inspectAccount, type OracleView } from '../../test/support/oracle/inspect.ts';
import { Market } from '../../test/support/oracle/market.ts';
import type { LedgerOrder } from './ledger-order.ts';
import { baseOf, currencies, instrumentOf, rates } from './market.ts';
import type { SentEvent, SentLog } from './sent-log.ts';

export interface ExpectedAccount extends OracleView {
  readonly settlements: number;
  readonly cashEvents: number;
}

/** Money that no rule of performance depends on: those are judged by the suite, and need every tick. */
const dustMinor = 100n;
const priceScaleFactor = 10_000;

/** One account after the other: a long run has millions of events. */
export function* expectedAccounts(
  plan: LoadPlan,
  sent: SentLog,
  order: LedgerOrder,
  prices: Float64Array,
): Generator<ExpectedAccount> {
  const market = marketOf(plan, prices);
  const rows = rowsByAccount(plan, sent, order);
  for (let account = 0; account < plan.accounts; account++) {
    const own = rows[account] ?? [];
    const name = accountName(plan, account);
    const kept = new OracleAccount(name, baseOf(account), dustMinor, market);
    for (const row of own) kept.facts.push(factOf(plan, sent.at(row)));
    kept.sequence = order.lastSequence.get(name) ?? 0;
    const settlements = own.filter((row) => sent.isFill(row)).length;
    yield { ...inspectAccount(kept, market), settlements, cashEvents: own.length - settlements };
  }
}

function marketOf(plan: LoadPlan, prices: Float64Array): Market {
  const market = new Market('USD', 'mid', 'unpriced');
  for (let symbol = 0; symbol < plan.symbols; symbol++) {
    market.describe(symbolName(plan, symbol), instrumentOf(symbol));
  }
  for (const [pair, price] of Object.entries(rates)) market.offer(pair, { price });
  // The board at which everything is booked; the last prices are on the next one.
  market.turn();
  for (let symbol = 0; symbol < plan.symbols; symbol++) {
    market.offer(symbolName(plan, symbol), { price: ((prices[symbol] ?? 0) / priceScaleFactor).toFixed(4) });
  }
  market.turn();
  return market;
}

/** In the order of the ledger; what is not in it is left out, and told elsewhere. */
function rowsByAccount(plan: LoadPlan, sent: SentLog, { placeOf }: LedgerOrder): number[][] {
  const rowAt = new Int32Array(sent.count + 1).fill(-1);
  for (let row = 0; row < sent.count; row++) rowAt[placeOf[row] ?? 0] = row;
  const rows: number[][] = Array.from({ length: plan.accounts }, () => []);
  for (let place = 1; place < rowAt.length; place++) {
    const row = rowAt[place] ?? -1;
    if (row >= 0) rows[sent.accountOf(row)]?.push(row);
  }
  return rows;
}

const boardOfBooking = 1;

function factOf(plan: LoadPlan, event: SentEvent): Fact {
  const currency = currencies[event.currency] ?? 'USD';
  const amount = BigInt(event.amount);
  const cash = (...entries: CashFact['entries']): Fact => ({ kind: 'cash', at: boardOfBooking, entries });
  switch (event.kind) {
    case 'fill':
      return {
        kind: 'trade',
        at: boardOfBooking,
        symbol: symbolName(plan, event.symbol),
        quantity: BigInt(event.quantity),
        price: BigInt(event.price),
        isTransfer: false,
        fee: BigInt(event.feeMinor),
        feeCurrency: currency,
        feeQuantity: 0n,
      };
    case 'deposit':
      return cash({ book: 'flow', currency, amount });
    case 'withdrawal':
      return cash({ book: 'flow', currency, amount: -amount });
    case 'fee':
      return cash({ book: 'fees', currency, amount });
    case 'dividend':
      return cash({ book: 'income', currency, amount });
    case 'conversion':
      return cash(
        { book: 'converted', currency, amount: -amount },
        { book: 'converted', currency: 'EUR', amount: BigInt(event.toAmount) },
      );
  }
}
