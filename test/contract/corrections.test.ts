/**
 * Corrections of history through the whole of `tidemark up`: the account's own nav follows, both readings of its curve
 * are there, and agree with it. 2-accounting.md, "Back-dated flows" and "Void".
 */
import assert from 'node:assert/strict';
import { CorrectedEngine } from '../support/corrected-engine.ts';
import { until } from '../support/until.ts';

const day = (date: string, time = '15:00:00.000'): number => Date.parse(`2026-03-${date}T${time}Z`);

const assertNear = (is: unknown, should: number, what = ''): void => {
  assert.ok(
    typeof is === 'number' && Math.abs(is - should) < 5e-7,
    `${what} ${String(is)}, should be ${should}`,
  );
};

describe('a correction of history, through NATS and ClickHouse', function () {
  this.timeout(180_000);
  let story: CorrectedEngine;

  beforeEach(async () => {
    story = await CorrectedEngine.start(day('09'));
  });

  afterEach(async () => {
    await story.stop();
  });

  /** The account's figures are those of the last row of its corrected curve. */
  const assertAgrees = async (account: string): Promise<void> => {
    const view = await story.inspect(account);
    const last = (await story.curve(account)).at(-1);
    assert.ok(last !== undefined);
    assert.equal(view['total_equity'], last.total_equity);
    for (const name of ['nav', 'peak_nav', 'drawdown', 'max_drawdown'] as const) {
      const [live, row] = [view[name], last[name]];
      assert.ok(typeof live === 'number' && typeof row === 'number', name);
      assert.ok(Math.abs(live - row) < 1e-9, `${name}: live ${live}, history ${row}`);
    }
    assert.equal(view['rebase_pending'], false);
  };

  const equities = async (account: string, reading: '' | '_as_recorded' = ''): Promise<number[]> =>
    (await story.curve(account, reading)).map(({ total_equity }) => total_equity);

  it('a deposit dated back: nav 1.157619, peak 1.204762, drawdown -3.9130 %', async () => {
    const deposit = { id: 'd1', type: 'deposit', amount: 100_000 };
    const buy = { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 10, price: 100 };
    await story.at(day('09'), [['cash.a', deposit], ['settlements.a', buy]], { ACME: 100 }); // prettier-ignore
    await story.at(day('09') + 1000, [], { ACME: 110 });
    await story.at(day('10'), [], { ACME: 130 });
    await story.at(day('10') + 1000, [], { ACME: 121 });
    const late = { id: 'd2', type: 'deposit', amount: 100_000, effective_at: day('09', '21:00:00.000') };
    await story.at(day('10') + 2000, [['cash.a', late]]);
    assert.equal((await story.inspect('a'))['rebase_pending'], true);
    await story.corrected('a', 1);
    const view = await story.inspect('a');
    assert.equal(view['total_equity'], 221_000);
    assertNear(view['nav'], 1.157619);
    assertNear(view['peak_nav'], 1.204762);
    assertNear(view['drawdown'], -0.03913);
    assertNear(view['max_drawdown'], -0.03913);
    await assertAgrees('a');
    assert.deepEqual(
      (await equities('a')).slice(0, 6),
      [100_000, 110_000, 210_000, 230_000, 221_000, 221_000],
    );
    assert.deepEqual(
      (await equities('a', '_as_recorded')).slice(0, 5),
      [100_000, 110_000, 130_000, 121_000, 221_000],
    );
    const recorded = (await story.curve('a', '_as_recorded'))[3];
    assertNear(recorded?.drawdown, 1210 / 1300 - 1, 'as it was known');
    // Later performance goes on from there.
    await story.at((story.now += 1000), [], { ACME: 131 });
    assertNear((await story.inspect('a'))['nav'], 1.157619 * (231 / 221));
  });

  it('a withdrawal of 5 dated back behind (10, 10) gives (5, 5), its void (10, 10); totals follow', async () => {
    const deposit = { id: 'd1', type: 'deposit', amount: 1_000 };
    await story.at(day('09'), [['cash.a', deposit], ['cash.b', deposit]]); // prettier-ignore
    const buy = { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 1, price: 1 };
    await story.at(day('10'), [['settlements.a', buy]], { ACME: 1 });
    const closes = async (): Promise<unknown[]> => {
      const rows = await story.curve('a');
      return ['2026-03-09', '2026-03-10'].map(
        (date) => rows.findLast(({ session_date }) => session_date === date)?.total_equity,
      );
    };
    const total = async (): Promise<number> => {
      const last = await Promise.all(
        ['a', 'b'].map(async (account) => (await equities(account)).at(-1) ?? NaN),
      );
      return last.reduce((sum, each) => sum + each, 0);
    };
    const late = { id: 'w1', type: 'withdrawal', amount: 500, effective_at: day('09') + 5000 };
    await story.at(day('10') + 1000, [['cash.a', late]]);
    await story.corrected('a', 1);
    assert.deepEqual(await closes(), [500, 500]);
    assert.equal(await total(), 1_500);
    await assertAgrees('a');
    assertNear((await story.inspect('a'))['nav'], 1);
    await story.at((story.now += 1000), [['cash.a', { id: 'v1', type: 'void', of: 'w1' }]]);
    await story.corrected('a', 2);
    assert.deepEqual(await closes(), [1_000, 1_000]);
    assert.equal(await total(), 2_000);
    await assertAgrees('a');
    assertNear((await story.inspect('a'))['nav'], 1);
  });

  it('a voided fill: equity 1,000 all along, no drawdown; as recorded it was', async () => {
    const deposit = { id: 'd1', type: 'deposit', amount: 100_000 };
    await story.at(day('09'), [['cash.a', deposit]], { ACME: 50 });
    const buy = { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 };
    await story.at(day('09') + 1000, [['settlements.a', buy]]);
    for (const [i, price] of [60, 40, 60].entries())
      await story.at(day('09') + 2000 + 1000 * i, [], { ACME: price });
    await story.at(day('09') + 6000, [['settlements.a', { id: 'v1', type: 'void', of: 'f1' }]]);
    await story.corrected('a', 1);
    for (const row of await story.curve('a')) {
      const { total_equity, nav, drawdown, max_drawdown } = row;
      assert.deepEqual([total_equity, nav, drawdown, max_drawdown], [100_000, 1, 0, 0]);
    }
    assert.deepEqual(
      (await equities('a', '_as_recorded')).slice(0, 6),
      [100_000, 100_000, 110_000, 90_000, 110_000, 100_000],
    );
    await assertAgrees('a');
    const { nav, peak_nav, max_drawdown } = await story.inspect('a');
    assert.deepEqual([nav, peak_nav, max_drawdown], [1, 1, 0]);
  });

  it('a voided deposit, and the sink killed between what it says and what it writes', async () => {
    const deposit = { id: 'd1', type: 'deposit', amount: 100_000 };
    const buy = { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 10, price: 100 };
    await story.at(day('09'), [['cash.a', deposit], ['settlements.a', buy]], { ACME: 100 }); // prettier-ignore
    await story.at(day('09') + 1000, [['cash.a', { id: 'd2', type: 'deposit', amount: 100_000 }]]);
    await story.at(day('09') + 2000, [], { ACME: 80 });
    await story.at(day('09') + 3000, [['cash.a', { id: 'v2', type: 'void', of: 'd2' }]]);
    // Said in the ledger; not applied, since no tick comes.
    const manager = await story.engine.nats.jetstreamManager();
    const isSaid = async (): Promise<boolean> => {
      const { state } = await manager.streams.info('LEDGER', { subjects_filter: 'accounts.a' });
      return (state.subjects?.['accounts.a'] ?? 0) > 0;
    };
    await until(isSaid, { what: 'the rebase in LEDGER', timeoutMs: 30_000 });
    assert.equal(await story.written('a'), 0);
    await story.killSink();
    await story.corrected('a', 1);
    assert.deepEqual((await equities('a')).slice(0, 4), [100_000, 100_000, 80_000, 80_000]);
    await assertAgrees('a');
    assertNear((await story.inspect('a'))['nav'], 0.8);
    const [doubled] = await story.rows<{ n: number }>(
      'SELECT count() - uniqExact(account_id, ts, tick, rebase) AS n FROM curve_corrections',
    );
    assert.equal(doubled?.n, 0);
  });

  it('with ticks of the clock and seconds as the period of the curve', async () => {
    await story.stop();
    story = await CorrectedEngine.start(Date.now(), {
      env: { TIDEMARK_TICK_SOURCE: 'clock', TIDEMARK_CURVE_RESOLUTION: '1s' },
    });
    const { engine } = story;
    const equityIs = async (should: number): Promise<void> => {
      await until(async () => (await story.inspect('a'))['total_equity'] === should, {
        what: `equity ${should}`,
        timeoutMs: 30_000,
      });
    };
    const mark = (price: number): void => engine.price('ACME', { price, ts: Date.now() });
    mark(50);
    await engine.settle('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 });
    await engine.settle('settlements.a', { id: 'f1', symbol: 'ACME', side: 'buy', quantity: 10, price: 50 });
    await equityIs(100_000);
    for (const [price, equity] of [
      [60, 110_000],
      [40, 90_000],
    ] as const) {
      mark(price);
      await equityIs(equity);
      const isRecorded = async (): Promise<boolean> => (await equities('a', '_as_recorded')).includes(equity);
      await until(isRecorded, { what: `a row of ${equity}`, timeoutMs: 30_000 });
    }
    await engine.settle('settlements.a', { id: 'v1', type: 'void', of: 'f1' });
    const isDone = async (): Promise<boolean> =>
      (await story.written('a')) === 1 && (await story.inspect('a'))['rebase_pending'] === false;
    await until(isDone, { what: 'the correction', timeoutMs: 60_000 });
    assert.deepEqual([...new Set(await equities('a'))], [100_000]);
    await assertAgrees('a');
    const { nav, peak_nav, max_drawdown } = await story.inspect('a');
    assert.deepEqual([nav, peak_nav, max_drawdown], [1, 1, 0]);
  });
});
