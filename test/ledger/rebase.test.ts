/**
 * Rebases: what a correction of history makes of nav, peak and drawdown. The rebases told here are what a walk over the
 * account's rows comes to, done by hand.
 */
import assert from 'node:assert/strict';
import { LedgerBench } from '../support/ledger-bench.ts';

const dayMs = 86_400_000;
/** Friday noon in New York; sessions end at 17:00, 21:00Z. */
const day1 = Date.parse('2026-07-10T16:00:00Z');
const day2 = day1 + dayMs;
const day2Start = Date.parse('2026-07-10T21:00:00Z');

type Fields = Readonly<Record<string, unknown>>;

/** One account, whose one position of 100 is marked so that equity is what one says. Money in cents. */
class Story {
  readonly bench = new LedgerBench({ eventsHaveTime: true });
  sequence = 0;
  now = day1;

  at(time: number): this {
    this.now = time;
    return this;
  }

  tell(subject: string, fields: Fields): unknown {
    const sequence = ++this.sequence;
    const id: Fields = subject === 'accounts.a' ? {} : { id: `e${sequence}` };
    return this.bench.apply(subject, { ...id, ...fields }, sequence, this.now);
  }

  cash(type: string, amount: number, more: Fields = {}): number {
    assert.deepEqual(this.tell('cash.a', { type, amount, ...more }), { applied: true });
    return this.sequence;
  }

  fill(side: string, quantity: number, price: number): number {
    const fields = { symbol: 'ACME', side, quantity, price };
    assert.deepEqual(this.tell('settlements.a', fields), { applied: true });
    return this.sequence;
  }

  tick(price?: number): this {
    if (price !== undefined) this.bench.price('ACME', { price, ts: this.now });
    this.bench.tick(++this.now);
    return this;
  }

  rebase(of: number, figures: Fields): unknown {
    const none = { from: day1, through: this.now, units_factor: null, units: null, nav: null, epoch: 1 };
    const more = { wiped_out: false, peak_nav: null, peak_ts: null, max_drawdown: 0, max_drawdown_life: 0 };
    const day = { peak_profit: 0, day_open_nav: 1, day_open_equity: 0, ts: this.now };
    const id = `rebase-${of}`;
    return this.tell('accounts.a', { type: 'rebase', id, of, ...none, ...more, ...day, ...figures });
  }

  expect(figures: Fields): this {
    const view = this.bench.inspect('a') ?? {};
    for (const [name, expected] of Object.entries(figures)) {
      const actual = view[name];
      if (typeof expected === 'number' && typeof actual === 'number') {
        const isNear = Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
        assert.ok(isNear, `${name}: ${actual}, expected ${expected}`);
      } else assert.deepEqual(actual, expected, name);
    }
    return this;
  }
}

/** 1,000; day 1 closes 1,100; day 2 high 1,300, close 1,210; then 1,000 dated back to day 2's start. */
function backDated(): { story: Story; of: number } {
  const story = new Story();
  story.cash('deposit', 100_000);
  story.fill('buy', 100, 10);
  story.tick(11);
  story.at(day2).tick(13).tick(12.1);
  const of = story.cash('deposit', 100_000, { effective_at: day2Start });
  return { story, of };
}

/** Units at 1.1: 1,909.0909; high 2,300, now 2,210. */
const corrected = {
  from: day2Start,
  units_factor: 2_100_000 / 11 / (100_000 + 100_000 / 1.21),
  units: 2_100_000 / 11,
  nav: 2_210 / 1_909.090909090909,
  peak_nav: 2_300 / 1_909.090909090909,
  max_drawdown: 2_210 / 2_300 - 1,
  max_drawdown_life: 2_210 / 2_300 - 1,
  peak_profit: 30_000,
  day_open_nav: 1.1,
  day_open_equity: 110_000,
};

describe('a rebase', () => {
  it('of a flow dated back: nav does not move until it comes, then is that of the corrected curve', () => {
    const { story, of } = backDated();
    story.tick().expect({ total_equity: 221_000, nav: 1.21, peak_nav: 1.3, rebase_pending: true });
    story.expect({ day_open_equity: 110_000, day_net_flow: 100_000, day_change: 11_000 });
    assert.deepEqual(story.rebase(of, { ...corrected, peak_ts: day2 + 1 }), { applied: true });
    const after = {
      total_equity: 221_000,
      units: 2_100_000 / 11,
      nav: 1.157619047619,
      peak_nav: 1.204761904762,
      drawdown: -0.039130434783,
      max_drawdown: -0.039130434783,
      rebase_pending: false,
      underwater_since: day2 + 1,
    };
    story.expect(after).tick().expect(after);
    story.expect({
      day_change: 11_000,
      day_change_percent: 5.2381,
      cash_balance: 100_000,
      net_flow: 200_000,
    });
  });

  it('of a voided fill: no fall is shown that never was', () => {
    const story = new Story();
    story.cash('deposit', 100_000);
    const fill = story.fill('buy', 10, 50);
    story.tick(60).expect({ nav: 1.1 });
    story.tell('settlements.a', { type: 'void', of: `e${fill}` });
    const of = story.sequence;
    story
      .tick()
      .expect({ total_equity: 100_000, nav: 1.1, drawdown: 0, max_drawdown: 0, rebase_pending: true });
    story.rebase(of, {
      units_factor: 1.1,
      units: 100_000,
      nav: 1,
      peak_nav: 1,
      peak_ts: day1 + 1,
      day_open_equity: 0,
    });
    story
      .tick()
      .expect({ nav: 1, units: 100_000, peak_nav: 1, drawdown: 0, max_drawdown: 0, drawdown_money: 0 });
  });

  it('that covers an earlier correction than the last is stale, as is one that nobody waits for', () => {
    const { story, of } = backDated();
    assert.deepEqual(story.rebase(of + 1, corrected), { stale: true });
    const second = story.cash('withdrawal', 500, { effective_at: day1 });
    const before = story.tick().bench.inspect('a');
    assert.deepEqual(story.rebase(of, corrected), { stale: true });
    story.expect({ ...before, sequence: story.sequence });
    assert.deepEqual(story.rebase(second, corrected), { applied: true });
    assert.deepEqual(story.rebase(second, corrected), { duplicate: true });
    story.expect({ rebase_pending: false });
    assert.deepEqual(new Story().rebase(1, corrected), { rejected: 'account_unknown' });
  });

  it('of an account that the corrected curve ruined leaves it wiped out, and keeps an epoch that began since', () => {
    const wiped = {
      units: 100_000,
      nav: 0,
      wiped_out: true,
      peak_nav: 1,
      max_drawdown: -1,
      max_drawdown_life: -1,
    };
    const before = backDated();
    before.story.tick().rebase(before.of, wiped);
    before.story.expect({ nav: 0, wiped_out: true, drawdown: -1, epoch: 1 });

    const { story } = backDated();
    story.cash('fee', 300_000);
    story.tick().expect({ wiped_out: true });
    const of = story.cash('deposit', 1_000, { effective_at: day1 });
    story.tick().expect({ wiped_out: true, rebase_pending: true });
    const through = story.now;
    story.at(day2 + 60_000).cash('deposit', 500_000);
    story.tick().expect({ nav: 1, epoch: 2, wiped_out: false });
    story.rebase(of, { ...wiped, through });
    const { total_equity: units } = story.bench.inspect('a') ?? {};
    story
      .tick()
      .expect({ nav: 1, units, epoch: 2, max_drawdown: 0, max_drawdown_life: -1, rebase_pending: false });
  });

  it('brings back an account that the voided fill had ruined', () => {
    const story = new Story();
    story.cash('deposit', 100_000);
    const fill = story.fill('buy', 100, 50);
    story.tick(30).expect({ total_equity: -100_000, wiped_out: true });
    story.tell('settlements.a', { type: 'void', of: `e${fill}` });
    story.tick().expect({ total_equity: 100_000, nav: 1, wiped_out: false, max_drawdown: -1 });
    const whole = { units: 100_000, units_factor: 1, nav: 1, peak_nav: 1, peak_ts: day1 };
    story.rebase(story.sequence, whole);
    story
      .tick()
      .expect({ nav: 1, units: 100_000, drawdown: 0, max_drawdown: 0, max_drawdown_life: 0, epoch: 1 });
  });

  it('ends a row of the curve before the correction, and names itself in the rows after it', () => {
    const story = new Story();
    story.cash('deposit', 100_000);
    story.fill('buy', 100, 10);
    story.tick(11);
    const of = story.cash('deposit', 100_000, { effective_at: day1 - 1 });
    story.tick(12);
    story.rebase(of, { ...corrected, units_factor: 0.8 });
    story.tick();
    const rows = story.bench.curve();
    assert.deepEqual(
      rows.map(({ sequence, rebase, totalEquity }) => ({ sequence, rebase, totalEquity })),
      [
        { sequence: 2, rebase: 0, totalEquity: 110_000 },
        { sequence: 4, rebase: 4, totalEquity: 220_000 },
      ],
    );
    const [before, after] = rows;
    assert.deepEqual([before?.navLow, before?.navHigh], [1.1, 1.1]);
    // What the period saw before the rebase is in its units, too.
    const nav = 220_000 / ((100_000 + 100_000 / 1.1) * 0.8);
    for (const seen of [after?.nav, after?.navLow, after?.navHigh])
      assert.ok(Math.abs((seen ?? NaN) - nav) < 1e-9);
  });

  it('applied again is what it was, whatever the prices are then', () => {
    const { story, of } = backDated();
    story.tick(12.5).rebase(of, { ...corrected, peak_ts: day2 + 1 });
    const { bench } = story;
    const state = backDated().story.bench.book.snapshot(0);
    const again = new Story();
    again.bench.price('ACME', { price: 99, ts: day1 });
    again.bench.tick(day1);
    again.bench.book.restore(state);
    again.bench.book.past.begin(
      { effect: (sequence, index) => bench.records.get(`${sequence}.${index}`) ?? null, late: () => [] },
      new Map(),
    );
    again.sequence = of;
    again.at(story.now).rebase(of, corrected);
    const { units, nav, peak_nav, max_drawdown, max_drawdown_life, drawdown } = bench.inspect('a') ?? {};
    again.expect({ units, nav, peak_nav, max_drawdown, max_drawdown_life, drawdown, rebase_pending: false });
  });
});

describe('a flow given by its date', () => {
  /** Day 1 closes at 1,100; now is noon of day 2. */
  function day2Story(): Story {
    const story = new Story();
    story.cash('deposit', 100_000);
    story.fill('buy', 100, 10);
    story.tick(11);
    return story.at(day2).tick();
  }
  const at = (story: Story): number => (story.bench.lastEffect?.event as { effectiveAt: number }).effectiveAt;

  it('takes effect at the start of that session day if it comes in, at its end if it goes out', () => {
    const story = day2Story();
    story.cash('deposit', 5_000, { effective_at: '2026-07-10' });
    // Sessions of New York end at 17:00: 21:00Z in July.
    assert.equal(at(story), Date.parse('2026-07-09T21:00:00Z'));
    story.cash('withdrawal', 1_000, { effective_at: '2026-07-10' });
    assert.equal(at(story), Date.parse('2026-07-10T21:00:00Z') - 1);
    story.tick().expect({ day_open_equity: 114_000, day_net_flow: 0, day_change: 0, rebase_pending: true });
  });

  it('is one of now, of today and of a later date', () => {
    const story = day2Story();
    for (const date of ['2026-07-11', '2026-07-12', '9999-12-31']) {
      story.cash('deposit', 1_000, { effective_at: date });
      assert.equal(at(story), NaN);
    }
    story.tick().expect({ day_open_equity: 110_000, day_net_flow: 3_000, rebase_pending: false });
  });

  it('has the days of the account: around a change of the clocks, with a cut-over of its own', () => {
    const story = new Story().at(Date.parse('2026-03-12T12:00:00Z'));
    story.tell('accounts.a', { type: 'open' });
    story.cash('withdrawal', 1, { effective_at: '2026-03-08' });
    assert.equal(at(story), Date.parse('2026-03-08T21:00:00Z') - 1);
    story.cash('deposit', 1, { effective_at: '2026-03-08' });
    assert.equal(at(story), Date.parse('2026-03-07T22:00:00Z'));
    story.tell('accounts.a', { type: 'configure', timezone: 'Asia/Tokyo', cutover: '00:00' });
    story.cash('deposit', 1, { effective_at: '2026-03-08' });
    assert.equal(at(story), Date.parse('2026-03-07T15:00:00Z'));
  });

  it('is a duplicate when it is sent again, and another event with another date', () => {
    const story = day2Story();
    const deposit = { id: 'd', type: 'deposit', amount: 1, effective_at: '2026-07-10' };
    assert.deepEqual(story.tell('cash.a', deposit), { applied: true });
    assert.deepEqual(story.tell('cash.a', deposit), { duplicate: true });
    const other = { ...deposit, effective_at: '2026-07-09' };
    assert.deepEqual(story.tell('cash.a', other), { rejected: 'id_conflict' });
  });

  it('of an account that was withdrawn more from than there was: it has no units above zero to compare', () => {
    const story = new Story();
    story.cash('deposit', 100_000);
    story.fill('buy', 100, 10);
    const charged = story.cash('fee', 10_000);
    story.tick(10);
    story.cash('withdrawal', 150_000);
    story.tick().expect({ total_equity: -60_000, nav: 0.9 });
    assert.deepEqual(story.tell('cash.a', { type: 'void', of: `e${charged}` }), { applied: true });
    const of = story.sequence;
    story.tick();
    // 1,000.00 less 1,500.00, each at a nav of 1.
    const overdrawn = { units: -50_000, nav: 1, peak_nav: 1, peak_ts: day1 };
    assert.deepEqual(story.rebase(of, overdrawn), { applied: true });
    story
      .tick()
      .expect({ total_equity: -50_000, nav: 1, peak_nav: 1, max_drawdown: 0, rebase_pending: false });
    story.cash('deposit', 80_000);
    story.tick().expect({ total_equity: 30_000, nav: 1, units: 30_000 });
  });
});
