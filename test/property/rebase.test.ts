/**
 * A rebase may come late: whatever flows, fills, prices and ticks lie between a correction and its rebase, and whichever
 * of the ticks between it was computed from, the account ends as if it had been rebased at once.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

type Step =
  | { readonly step: 'tick'; readonly price: number }
  | { readonly step: 'deposit' | 'withdrawal' | 'fee'; readonly amount: number }
  | { readonly step: 'fill'; readonly quantity: number };

const tick = fc.integer({ min: 60, max: 140 }).map((price): Step => ({ step: 'tick', price }));
const flow = fc
  .tuple(fc.constantFrom('deposit', 'withdrawal', 'fee'), fc.integer({ min: 1, max: 20_000 }))
  .map(([step, amount]): Step => ({ step, amount }));
const fill = fc
  .integer({ min: -20, max: 20 })
  .map((quantity): Step => ({ step: 'fill', quantity: quantity || 1 }));
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: tick }, flow, fill), { maxLength: 14 });

/** What a walk along the corrected curve may come to: so many times the units, and a peak and a fall before. */
const corrected = fc.record({
  factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
  abovePeak: fc.double({ min: 0, max: 0.6, noNaN: true }),
  fall: fc.double({ min: -0.5, max: 0, noNaN: true }),
  profit: fc.integer({ min: -50_000, max: 50_000 }),
});
type Corrected = typeof corrected extends fc.Arbitrary<infer T> ? T : never;

const start = Date.parse('2026-07-10T16:00:00Z');
const ratios = [
  'units',
  'nav',
  'peak_nav',
  'drawdown',
  'max_drawdown',
  'max_drawdown_life',
  'day_change_percent',
];
/** Not since when it is under water: which of two equal peaks was reached first is the last digit's to say. */
const others = ['epoch', 'wiped_out', 'drawdown_money', 'total_equity', 'day_change', 'rebase_pending'];

/** An account with a position, in profit, to which a correction has come. */
class Account {
  readonly bench = new LedgerBench({ eventsHaveTime: true });
  now = start;
  of = 0;
  private sequence = 0;

  constructor() {
    this.cash('deposit', 500_000);
    this.play([
      { step: 'fill', quantity: 40 },
      { step: 'tick', price: 100 },
      { step: 'tick', price: 110 },
    ]);
    this.play([{ step: 'tick', price: 104 }]);
    this.cash('deposit', 70_000, { effective_at: start - 5 });
    this.of = this.sequence;
  }

  play(all: readonly Step[]): void {
    for (const step of all) {
      if (step.step === 'tick') this.tick(step.price);
      else if (step.step !== 'fill') this.cash(step.step, step.amount);
      else {
        const side = step.quantity > 0 ? 'buy' : 'sell';
        this.tell('settlements.a', { symbol: 'ACME', side, quantity: Math.abs(step.quantity), price: 101 });
      }
    }
  }

  tick(price?: number): void {
    if (price !== undefined) this.bench.price('ACME', { price, ts: this.now });
    this.bench.tick((this.now += 10));
  }

  rebase(figures: object): void {
    const id = `rebase-${this.of}`;
    const told = this.tell('accounts.a', { type: 'rebase', id, of: this.of, from: start - 5, ...figures });
    assert.deepEqual(told, { applied: true });
  }

  /** The figures of a rebase that is computed now, of an account that was rebased already. */
  computed(unitsRecorded: number): object {
    const view = this.bench.book.viewRow(0);
    const { peakTime, dayOpenNav, peakProfit } = this.bench.book.accounts;
    return {
      ...{ units: view.units, nav: view.nav, epoch: view.epoch, wiped_out: view.wipedOut, through: this.now },
      units_factor: (view.units ?? NaN) / unitsRecorded,
      ...{ peak_nav: view.peakNav, peak_ts: peakTime[0], day_open_nav: dayOpenNav[0] },
      ...{ max_drawdown: view.maxDrawdown, max_drawdown_life: view.maxDrawdownLife },
      ...{ peak_profit: peakProfit[0], day_open_equity: view.dayOpenEquity },
    };
  }

  /** The figures of a rebase right after the correction. */
  atOnce({ factor, abovePeak, fall, profit }: Corrected): object {
    const view = this.bench.book.viewRow(0);
    const nav = (view.nav ?? NaN) / factor;
    const peak = nav * (1 + abovePeak);
    const worst = Math.min(fall, nav / peak - 1);
    return {
      ...{ units: (view.units ?? NaN) * factor, units_factor: factor, nav, epoch: 1, wiped_out: false },
      ...{ peak_nav: peak, peak_ts: start + 1, max_drawdown: worst, max_drawdown_life: worst },
      ...{
        peak_profit: profit,
        day_open_nav: 1 / factor,
        day_open_equity: view.dayOpenEquity,
        through: this.now,
      },
    };
  }

  private cash(type: string, amount: number, more: object = {}): void {
    this.tell('cash.a', { type, amount, ...more });
  }

  private tell(subject: string, message: object): unknown {
    const sequence = ++this.sequence;
    return this.bench.apply(subject, { id: `e${sequence}`, ...message }, sequence, this.now);
  }
}

function assertSame(actual: Account, expected: Account): void {
  const [is, should] = [actual.bench.inspect('a') ?? {}, expected.bench.inspect('a') ?? {}];
  for (const name of others) assert.deepEqual(is[name], should[name], name);
  for (const name of ratios) {
    const [x, y] = [is[name] as number | null, should[name] as number | null];
    if (x === null || y === null) assert.equal(x, y, name);
    else assert.ok(Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y)), `${name}: ${x}, at once ${y}`);
  }
}

describe('a rebase that comes late', () => {
  it('makes of the account what it is when it comes at once', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(corrected, steps, steps, (figures, between, after) => {
        const [late, prompt] = [new Account(), new Account()];
        const rebase = late.atOnce(figures);
        prompt.rebase(rebase);
        for (const each of [late, prompt]) each.play(between);
        late.rebase(rebase);
        for (const each of [late, prompt]) each.tick();
        assertSame(late, prompt);
        for (const each of [late, prompt]) each.play([...after, { step: 'tick', price: 100 }]);
        assertSame(late, prompt);
      }),
      { numRuns: 400 },
    );
  });

  it('may have been computed from any of the ticks between', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(corrected, steps, steps, steps, (figures, seen, unseen, after) => {
        const [late, prompt] = [new Account(), new Account()];
        prompt.rebase(prompt.atOnce(figures));
        for (const each of [late, prompt]) each.play([...seen, { step: 'tick', price: 100 }]);
        const { units, wipedOut } = late.bench.book.viewRow(0);
        fc.pre(units !== null && units > 0 && !wipedOut);
        const rebase = prompt.computed(units);
        for (const each of [late, prompt]) each.play(unseen);
        late.rebase(rebase);
        for (const each of [late, prompt]) each.play([...after, { step: 'tick', price: 100 }]);
        assertSame(late, prompt);
      }),
      { numRuns: 400 },
    );
  });

  it('is the same after a restart: of an account from its snapshot, and of a rebase that was recorded', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(corrected, steps, steps, (figures, between, after) => {
        const [first, second] = [new Account(), new Account()];
        const rebase = first.atOnce(figures);
        for (const each of [first, second]) {
          each.play(between);
          // The rows of a period that is open are in a state for the next start to write: here it is over.
          each.bench.curve();
        }
        const state = first.bench.book.snapshot(0);
        const pages = first.bench.book.idPages(0);
        const { book } = second.bench;
        book.reset(0);
        book.restore(state);
        for (const { slot, page } of pages) book.restoreIds('a', slot, page);
        book.endRestore();
        assert.deepEqual(book.snapshot(0), state);
        for (const each of [first, second]) {
          each.rebase(rebase);
          each.play([...after, { step: 'tick', price: 100 }]);
        }
        assertSame(second, first);
        for (const each of [first, second]) each.bench.curve();
        assert.deepEqual(second.bench.book.snapshot(0), first.bench.book.snapshot(0));
      }),
      { numRuns: 150 },
    );
  });

  it('finds in rows of the curve what ticks did after the state that a restart had', function () {
    this.timeout(60_000);
    const ticks = fc.array(fc.integer({ min: 60, max: 140 }), { maxLength: 10 });
    fc.assert(
      fc.property(corrected, steps, ticks, (figures, between, later) => {
        const [first, second] = [new Account(), new Account()];
        const rebase = first.atOnce(figures);
        for (const each of [first, second]) each.play([...between, { step: 'tick', price: 100 }]);
        const state = first.bench.book.snapshot(0);
        const { book } = second.bench;
        first.bench.curve();
        const rows: CurveRow[] = [];
        for (const price of later) {
          first.tick(price);
          rows.push(...first.bench.curve());
        }
        book.reset(0);
        for (const { slot, page } of first.bench.book.idPages(0)) book.restoreIds('a', slot, page);
        book.restore(state);
        book.endRestore();
        for (const { accountId, timestamp, totalEquity, netFlow, ...row } of rows) {
          book.past.sawPeriod({ ...row, account: accountId, time: timestamp, profit: totalEquity - netFlow });
        }
        second.now = first.now;
        for (const each of [first, second]) {
          // Another price than any before: what does not change is not looked at.
          each.tick(99.5);
          each.rebase(rebase);
          each.tick(104);
        }
        assertSame(second, first);
      }),
      { numRuns: 150 },
    );
  });
});
