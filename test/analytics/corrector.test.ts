/** The corrector over a real ClickHouse: many pages, parts in two months, failures in between, and nothing twice. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import { connectReader } from '../../src/analytics/corrections/select.ts';
import { startCorrector, type Corrector } from '../../src/corrector.ts';
import type { RebaseEvent } from '../../src/domain/ledger-event.ts';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { systemClock } from '../../src/system-clock.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { silentLog } from '../streams/support/silent-log.ts';
import { until } from '../support/until.ts';
import { walkSettings } from '../support/walk-settings.ts';

/** A session begins; two hours later a month. */
const start = Date.parse('2026-01-31T22:00:00Z');
const rowCount = 6_000;
const stepMs = 2_000;
const bookedAt = start + rowCount * stepMs;
const effectiveAt = start + 3_000_500;

describe('the corrector, over ClickHouse', function () {
  this.timeout(400_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let target: ClickHouseSink;
  let corrector: Corrector;
  const published: RebaseEvent[] = [];
  const failures: string[] = [];
  const warnings: string[] = [];
  /** Names of inserts to fail once each. */
  const toFail = new Set(['corrections:7:3:1', 'corrections:7:3:last']);

  before(async () => {
    store = await startAnalyticsStore();
    client = store.client;
    target = connectClickHouse(store.target);
    await insertPast();
    const log = silentLog();
    corrector = startCorrector({
      client: connectReader(store.target),
      target: {
        async insert(frame) {
          // After it was taken: the answer did not come.
          await target.insert(frame);
          if (!toFail.delete(frame.name)) return;
          failures.push(frame.name);
          throw new Error('the connection broke');
        },
        close: () => target.close(),
      },
      clock: systemClock,
      log: { ...log, warn: (fields) => warnings.push(JSON.stringify(fields)) },
      settings: { ...walkSettings, resolutionMs: 1000 },
      settleMs: 0,
      publish: async (_account, event) => {
        published.push(event);
        await applyRebase();
        return 3;
      },
      lastFrame: () => Promise.resolve(7),
      framesDone: () => Promise.resolve(7),
    });
  });

  after(async () => {
    await corrector.stop();
    await target.close();
    await store.stop();
  });

  const insert = async (table: string, values: readonly object[]): Promise<void> => {
    await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0 } });
  };
  const rows = async <T>(query: string): Promise<T[]> => {
    const result = await client.query({
      query: `${query} SETTINGS output_format_json_quote_64bit_integers = 0`,
      format: 'JSONEachRow',
    });
    return result.json<T>();
  };

  const equityAt = (i: number): number => 100_000 + (i % 100) * 10;
  const curveRow = (i: number, more: object = {}): object => {
    const total_equity = equityAt(i);
    const nav = total_equity / 100_000;
    const peak_nav = i < 99 ? nav : 1.0099;
    return {
      account_id: '7',
      session_date: '2026-02-01',
      ts: start + i * stepMs,
      total_equity,
      net_flow: 100_000,
      nav,
      units: 100_000,
      peak_nav,
      drawdown: nav / peak_nav - 1,
      max_drawdown: i < 100 ? 0 : 1 / 1.0099 - 1,
      day_open_equity: 0,
      day_open_nav: 1,
      day_net_flow: 100_000,
      sequence: 1,
      ...more,
    };
  };
  const flow = { account_id: '7', kind: 'deposit', currency: 'USD', state: 'active.healthy' };

  async function insertPast(): Promise<void> {
    await insert('effects', [
      { ...flow, sequence: 1, id: 'd1', ts: start, cash_effect: 100_000, amount: 100_000, flow_base: 100_000, equity_before: 0 },
    ]); // prettier-ignore
    const all = Array.from({ length: rowCount }, (_, i) => curveRow(i));
    for (const part of [all.slice(0, 3_600), all.slice(3_600)]) await insert('equity_curve', part);
    const booked = {
      amount: 50_000,
      cash_effect: 50_000,
      flow_base: 50_000,
      equity_before: equityAt(rowCount - 1),
    };
    await insert('effects', [
      { ...flow, ...booked, sequence: 2, id: 'd2', ts: bookedAt, effective_at: effectiveAt },
    ]);
    await insert('equity_curve', [curveRow(rowCount, { ...recordedAfter, sequence: 2 })]);
  }

  /** The units that the deposit bought when it was booked. */
  const unitsRecorded = 100_000 + 50_000 / 1.0099;
  const equityAfter = equityAt(rowCount - 1) + 50_000;
  const recordedAfter = {
    total_equity: equityAfter,
    units: unitsRecorded,
    nav: equityAfter / unitsRecorded,
    net_flow: 150_000,
  };

  async function applyRebase(): Promise<void> {
    const ts = bookedAt + 1500;
    await insert('effects', [
      { account_id: '7', sequence: 3, kind: 'rebase', id: 'rebase-2', detail: '2', ts },
    ]);
    await insert('equity_curve', [
      curveRow(rowCount + 2, { ...recordedAfter, ts: ts + 500, sequence: 3, rebase: 3 }),
    ]);
  }

  it('publishes what follows, and writes rows once, whatever fails in between', async () => {
    corrector.look();
    // The answer to the last insert did not come, but it was taken: then there is nothing more to do.
    await until(() => failures.length === 2, { what: 'the correction', timeoutMs: 150_000 });
    assert.deepEqual(failures, ['corrections:7:3:1', 'corrections:7:3:last']);
    await until(() => corrector.counts.failures === 2, { what: 'the failures to be told' });
    assert.equal(warnings.length, 2);

    const [event, ...others] = published;
    assert.ok(event !== undefined && others.length === 0);
    assert.deepEqual([event.of, event.from, event.through], [2, effectiveAt, bookedAt]);
    // Bought at the nav of the last row before it took effect.
    const units = 100_000 + 50_000 / (equityAt(1_500) / 100_000);
    assert.ok(Math.abs(event.units - units) < 1e-6, `${event.units}, should be ${units}`);
    assert.ok(Math.abs(event.unitsFactor - units / unitsRecorded) < 1e-12);

    const [written] = await rows(
      `SELECT count() AS n, uniqExact(ts, tick) AS different, min(rebase) AS least, max(rebase) AS most
       FROM curve_corrections`,
    );
    // Every recorded row of the session up to the rebase, and one where the flow took effect.
    assert.deepEqual(written, { n: rowCount + 2, different: rowCount + 2, least: 3, most: 3 });
    assert.deepEqual(
      await rows(
        'SELECT rebase, of, toUnixTimestamp64Milli(from_ts) AS from, toUnixTimestamp64Milli(to_ts) AS to FROM corrections',
      ),
      [{ rebase: 3, of: 2, from: start, to: bookedAt + 1500 }],
    );
    const [shifted] = await rows(
      `SELECT countIf(c.total_equity - r.total_equity = if(r.ts > fromUnixTimestamp64Milli(${effectiveAt}) AND r.sequence = 1, 50000, 0)) AS right, count() AS n
       FROM curve(account_id = '7', from = '2026-01-01', to = '2027-01-01') AS c
       INNER JOIN equity_curve AS r ON r.ts = c.ts AND r.account_id = c.account_id`,
    );
    assert.deepEqual(shifted, { right: rowCount + 2, n: rowCount + 2 });
  });

  it('waits while ClickHouse is away, and sees what came meanwhile', async () => {
    await store.store.terminate();
    corrector.look();
    await until(() => warnings.length === 3, { what: 'the corrector to notice', timeoutMs: 30_000 });
    await store.store.start();
    await insert('effects', [
      { account_id: '7', sequence: 4, kind: 'void', id: 'v', detail: 'd2', subject: 'cash.7', ts: bookedAt + 5000, flow_base: -50_000, cash_effect: -50_000, currency: 'USD' },
    ]); // prettier-ignore
    await insert('equity_curve', [curveRow(rowCount + 6, { sequence: 4, rebase: 3 })]);
    corrector.look();
    await until(() => published.length === 2, { what: 'the second rebase', timeoutMs: 150_000 });
    const event = published[1];
    assert.deepEqual(
      [event?.of, event?.from, event?.nav],
      [4, effectiveAt, equityAt(rowCount + 6) / 100_000],
    );
    // Of the flow nothing is left.
    assert.ok(Math.abs((event?.units ?? NaN) - 100_000) < 1e-6);
  });
});
