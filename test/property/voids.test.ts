/**
 * Properties of voids over random histories: the books are those of an oracle that never saw what was voided, and a
 * replay, whole or from a snapshot, comes to the same.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { histories } from '../support/history.ts';
import type { Step } from '../support/history.ts';
import type { BenchOptions, LedgerBench } from '../support/ledger-bench.ts';
import { playHistory } from '../support/play-history.ts';

const accounts = ['a', 'b'];
const startMs = Date.parse('2026-03-07T21:00:00Z');

const options: fc.Arbitrary<BenchOptions> = fc.record({
  base: fc.constantFrom('USD', 'USD', 'EUR'),
  fromSettlements: fc.constantFrom('unpriced', 'never'),
  autoOpen: fc.constantFrom(true, true, true, false),
  eventsHaveTime: fc.boolean(),
  voidsWaitMs: fc.constantFrom(0, 1000, 5000),
});

const history = histories({ accounts, maxLength: 50, hasVoids: true });

type Figures = Record<string, unknown>;

/** What follows from the ledger alone. What was voided may have left rows of nothing: those are left out. */
function books(found: object | null): unknown {
  if (found === null) return null;
  const view = found as Figures;
  const positions = (view['positions'] as Figures[])
    .map(({ symbol, quantity, cost_basis, realized_pnl, fees }) =>
      [symbol, quantity, cost_basis, realized_pnl, fees].map(String),
    )
    .filter(([, ...figures]) => figures.some((figure) => figure !== '0'))
    .sort();
  const cash = Object.entries(view['cash'] as Figures)
    .map(([currency, amount]) => [currency, String(amount)])
    .filter(([, amount]) => amount !== '0')
    .sort();
  return { positions, cash };
}

function assertIdentity(bench: LedgerBench): void {
  for (const id of accounts) {
    for (const [currency, residual] of Object.entries(bench.identity(id))) {
      assert.equal(residual, 0n, `${id} in ${currency}`);
    }
    if (bench.book.accounts.find(id) < 0) continue;
    for (const { name, kept, summed } of bench.totals(id))
      assert.equal(BigInt(kept), summed, `${id} ${name}`);
  }
}

/** The totals in base, and those of its positions. */
function inBase(found: object | null): unknown {
  if (found === null) return null;
  const view = found as Figures;
  const { total_equity, cash_balance, position_value, unrealized_pnl, realized_pnl, fees, income, net_flow } =
    view;
  const all = {
    total_equity,
    cash_balance,
    position_value,
    unrealized_pnl,
    realized_pnl,
    fees,
    income,
    net_flow,
  };
  const totals = Object.entries(all).map(([name, figure]) => `${name} ${String(figure)}`);
  const positions = (view['positions'] as Figures[])
    .map(({ symbol, realized_pnl_base, fees_base }) => [symbol, realized_pnl_base, fees_base].map(String))
    .filter(([, ...figures]) => figures.some((figure) => figure !== '0'))
    .sort();
  return { totals, positions };
}

/** The first waits for the second, which waits for a fill: it is refused when that comes, and its id is free again. */
function voidsThatWaitForEachOther(): [BenchOptions, Step[]] {
  const settle = (message: Record<string, unknown>): Step => ({
    step: 'event',
    subject: 'settlements.a',
    message,
  });
  const fill = { id: 'i3', symbol: 'ACME', side: 'buy', quantity: '1', price: '5.00' };
  const steps = [
    settle({ id: 'i1', type: 'void', of: 'i2' }),
    settle({ id: 'i2', type: 'void', of: 'i3' }),
    settle(fill),
    settle({ ...fill, id: 'i1' }),
    settle({ id: 'i4', type: 'void', of: 'i1' }),
  ];
  return [{ eventsHaveTime: true }, [...steps, { step: 'tick' }]];
}

describe('voids, over random histories', () => {
  it('leave the books of a ledger that never had what was voided', function () {
    this.timeout(180_000);
    fc.assert(
      fc.property(options, history, (bookOptions, steps) => {
        playHistory(steps, bookOptions, startMs, {
          event({ bench, oracle }, verdicts) {
            assert.deepEqual(verdicts.bench, verdicts.oracle);
            assertIdentity(bench);
            for (const id of accounts) assert.deepEqual(books(bench.inspect(id)), books(oracle.inspect(id)));
          },
        });
      }),
      { numRuns: 1500, examples: [voidsThatWaitForEachOther()] },
    );
  });

  it('leave in base what was booked at the rate of its moment', function () {
    this.timeout(180_000);
    // Every currency has a rate from the start, so that nothing is booked later than it happened.
    const rated: Step[] = [
      { step: 'price', symbol: 'EURUSD', message: { price: '1.1', ts: 1 } },
      { step: 'price', symbol: 'USDJPY', message: { price: '150', ts: 1 } },
      { step: 'tick' },
    ];
    fc.assert(
      fc.property(options, history, (bookOptions, random) => {
        const steps = [
          ...rated,
          ...random.filter((s) => s.step !== 'price' || Number(s.message.price ?? 1) > 0),
        ];
        playHistory(steps, bookOptions, startMs, {
          tick({ bench, oracle }) {
            for (const id of accounts)
              assert.deepEqual(inBase(bench.inspect(id)), inBase(oracle.inspect(id)));
          },
        });
      }),
      { numRuns: 800 },
    );
  });
});
