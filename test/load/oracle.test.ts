import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  curveDifferences,
  inspectDifferences,
  messageDifferences,
  settlementDifferences,
} from '../../src/load/compare.ts';
import { lies, tellLie } from '../../src/load/lie.ts';
import { expectedAccounts, type ExpectedAccount, type Facts } from '../../src/load/oracle.ts';
import { depositMinor, type LoadPlan } from '../../src/load/plan.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

const plan: LoadPlan = {
  rate: 1,
  accounts: 1,
  positions: 2,
  symbols: 2,
  settlements: 1,
  seconds: 1,
  warmup: 0,
  seed: 1,
  run: 'TEST',
  probes: 0,
};

interface Fill {
  readonly symbol: number;
  /** Signed, ten-thousandths. */
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
}

function factsOf(fills: readonly Fill[], prices: readonly number[]): Facts {
  return {
    plan,
    settlements: {
      count: fills.length,
      account: new Int32Array(fills.length),
      symbol: Int32Array.from(fills, ({ symbol }) => symbol),
      quantity: Float64Array.from(fills, ({ quantity }) => quantity),
      price: Float64Array.from(fills, ({ price }) => price),
      feeMinor: Int32Array.from(fills, ({ fee }) => fee),
      sequence: Float64Array.from(fills, (_, i) => i + 2),
    },
    prices: Float64Array.from(prices),
    probeMicros: new Float64Array(0),
    lastSequence: Float64Array.of(fills.length + 1),
  };
}

function onlyAccount(facts: Facts): ExpectedAccount {
  const [account] = expectedAccounts(facts);
  assert.ok(account);
  return account;
}

/** The same fills through the real ledger. */
function inspected(fills: readonly Fill[], prices: readonly number[]): Record<string, unknown> {
  const bench = new LedgerBench();
  bench.apply('cash.load-TEST-1', { id: 'deposit', type: 'deposit', amount: depositMinor }, 1);
  fills.forEach(({ symbol, quantity, price, fee }, i) => {
    const verdict = bench.apply(
      'settlements.load-TEST-1',
      {
        id: `f${i}`,
        symbol: `LTEST-${symbol + 1}`,
        side: quantity > 0 ? 'buy' : 'sell',
        quantity: (Math.abs(quantity) / 10_000).toFixed(4),
        price: (price / 10_000).toFixed(4),
        fee,
        ts: 1,
      },
      i + 2,
    );
    assert.deepEqual(verdict, { applied: true });
  });
  prices.forEach((price, symbol) => {
    bench.price(`LTEST-${symbol + 1}`, { price: (price / 10_000).toFixed(4), ts: 5 });
  });
  bench.tick(10);
  return bench.inspect('load-TEST-1') ?? {};
}

const fill = fc.record({
  symbol: fc.constantFrom(0, 1),
  quantity: fc.integer({ min: -500_000, max: 500_000 }).filter((x) => x !== 0),
  price: fc.integer({ min: 1_000_000, max: 9_999_999 }),
  fee: fc.integer({ min: -20, max: 300 }),
});
const priced = fc.array(fc.integer({ min: 1_000_000, max: 9_999_999 }), { minLength: 2, maxLength: 2 });

describe("the load test's oracle", () => {
  it('gives the worked example: average cost, partial closes, a flip through zero, the cent that rounding moves', () => {
    const units = (...numbers: number[]): Fill[] => {
      const fills: Fill[] = [];
      for (let i = 0; i < numbers.length; i += 2) {
        fills.push({ symbol: 0, quantity: (numbers[i] ?? 0) * 10_000, price: numbers[i + 1] ?? 0, fee: 0 });
      }
      return fills;
    };
    const rows: [fills: number[], quantity: bigint, cost: bigint, realized: bigint, cash: bigint][] = [
      [[100, 500_000], 1_000_000n, 500_000n, 0n, -500_000n],
      [[-50, 600_000], 500_000n, 250_000n, 50_000n, -200_000n],
      [[-80, 400_000], -300_000n, -120_000n, 0n, 120_000n],
      [[30, 350_000], 0n, 0n, 15_000n, 15_000n],
      [[3, 333_333], 30_000n, 10_000n, 15_000n, 5_000n],
      [[-1, 333_333], 20_000n, 6_667n, 15_000n, 8_333n],
      [[-1, 333_333], 10_000n, 3_333n, 14_999n, 11_666n],
      [[-1, 333_333], 0n, 0n, 14_999n, 14_999n],
    ];
    const done: number[] = [];
    for (const [fills, quantity, cost, realized, cash] of rows) {
      done.push(...fills);
      const account = onlyAccount(factsOf(units(...done), [1, 1]));
      const [position] = account.positions;
      assert.deepEqual(
        [position?.quantity, position?.cost, position?.realized, account.cash - BigInt(depositMinor)],
        [quantity, cost, realized, cash],
      );
    }
  });

  it('agrees with the ledger on whatever is settled, to the cent', () => {
    fc.assert(
      fc.property(fc.array(fill, { minLength: 1, maxLength: 30 }), priced, (fills, prices) => {
        const expected = onlyAccount(factsOf(fills, prices));
        assert.deepEqual(inspectDifferences(expected, inspected(fills, prices)), []);
      }),
    );
  });

  it('disagrees when it is told any lie', () => {
    const fills: Fill[] = [
      { symbol: 0, quantity: 1_000_000, price: 5_000_000, fee: 10 },
      { symbol: 1, quantity: -20_000, price: 3_333_333, fee: 0 },
    ];
    const prices = [6_000_000, 2_000_000];
    const reply = inspected(fills, prices);
    for (const lie of lies) {
      const expected = onlyAccount(tellLie(lie, factsOf(fills, prices)));
      assert.notDeepEqual(inspectDifferences(expected, reply), [], lie);
    }
  });
});

describe('the comparison after a load test', () => {
  const fills: Fill[] = [{ symbol: 0, quantity: 1_000_000, price: 5_000_000, fee: 10 }];
  const prices = [6_000_000, 2_000_000];
  const expected = onlyAccount(factsOf(fills, prices));
  const reply = inspected(fills, prices);
  const message = JSON.stringify(reply);

  it('finds a cent more of any figure of an account or of a position', () => {
    const numbers = Object.keys(reply).filter((figure) =>
      [
        'total_equity',
        'cash_balance',
        'position_value',
        'unrealized_pnl',
        'realized_pnl',
        'fees',
        'net_flow',
      ].includes(figure),
    );
    assert.equal(numbers.length, 7);
    for (const figure of numbers) {
      const wrong = { ...reply, [figure]: Number(reply[figure]) + 1 };
      assert.deepEqual(
        inspectDifferences(expected, wrong).map((difference) => difference.figure),
        [figure],
      );
      assert.equal(messageDifferences(expected, JSON.stringify(wrong)).length, 1);
      assert.equal(curveDifferences(expected, message, wrong).length, 1);
    }
    const positions = (reply['positions'] as Record<string, unknown>[]).map((position) => {
      return { ...position, market_value: Number(position['market_value']) + 1 };
    });
    assert.equal(inspectDifferences(expected, { ...reply, positions }).length, 1);
    assert.deepEqual(curveDifferences(expected, message, reply), []);
  });

  it('finds what is missing, and what should not be there', () => {
    assert.equal(inspectDifferences(expected, null).length, 1);
    assert.equal(inspectDifferences(expected, { ...reply, positions: [] }).length, 1);
    const more = [...(reply['positions'] as unknown[]), { symbol: 'OTHER' }];
    assert.equal(inspectDifferences(expected, { ...reply, positions: more }).length, 1);
    assert.equal(messageDifferences(expected, '').length, 1);
    assert.equal(curveDifferences(expected, message, null).length, 1);
    const ofEarlierTick = { ...reply, tick: Number(reply['tick']) - 1 };
    assert.equal(curveDifferences(expected, message, ofEarlierTick).length, 1);
  });

  it('finds settlements that are lost or doubled in ClickHouse', () => {
    assert.deepEqual(settlementDifferences(expected, { rows: 1, distinct: 1, realized: '0' }), []);
    assert.notDeepEqual(settlementDifferences(expected, null), []);
    assert.notDeepEqual(settlementDifferences(expected, { rows: 2, distinct: 1, realized: '0' }), []);
    assert.notDeepEqual(settlementDifferences(expected, { rows: 1, distinct: 1, realized: '1' }), []);
  });
});
