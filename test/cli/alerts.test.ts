import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load.ts';
import { newestAlerts, ReadingTooLong } from '../../src/client/alert-stream.ts';
import { connectNats as connectDoor } from '../../src/client/nats.ts';
import type { Alert } from '../../src/ports.ts';
import { NatsAlerts } from '../../streams/sinks/alerts.ts';
import { WindowedPublisher } from '../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../streams/sources/connection.ts';
import { managerOf } from '../../streams/sources/stream-api.ts';
import { alertsDefinition } from '../../streams/sources/stream-definitions.ts';
import { ManualClock } from '../streams/support/manual-clock.ts';
import { silentLog } from '../streams/support/silent-log.ts';
import { startNats, type TestNats } from '../support/nats.ts';
import { runTidemark } from '../support/tidemark.ts';

type Json = Record<string, unknown>;

describe('the command alerts', function () {
  this.timeout(30_000);
  let nats: TestNats;
  let link: Link;
  const run = (...args: string[]) => runTidemark(['alerts', ...args], { TIDEMARK_NATS_URL: nats.url });

  async function listed(...args: string[]): Promise<Json[]> {
    const { code, stdout, stderr } = await run(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Json[];
  }
  const ids = (entries: readonly Json[]): unknown[] => entries.map((entry) => entry['alert_id']);

  before(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'engine', log: silentLog() });
  });
  after(async () => {
    await link.close();
    await nats.stop();
  });

  it('has none to list where there is no stream of them', async () => {
    assert.deepEqual(await listed(), []);
    assert.equal((await run()).stdout, 'no alerts\n');
  });

  describe('of a stream that has some', () => {
    const timestamp = Date.parse('2026-03-02T15:00:00Z');
    const overdraft: Alert = {
      kind: 'overdraft',
      account: '7',
      id: 'USD-1-0',
      state: 'raised',
      severity: 'warning',
      message: 'cash in USD is below zero: -5 minor units',
      details: { currency: 'USD', cash: -5 },
      timestamp,
    };

    before(async () => {
      await (await managerOf(link.nats)).streams.add(alertsDefinition);
      const publisher = new WindowedPublisher(link, new ManualClock(), silentLog());
      const sink = new NatsAlerts({ publisher, link, log: silentLog() });
      sink.publish(overdraft);
      sink.publish({ ...overdraft, id: 'USD-2-0', timestamp: timestamp + 1000 });
      sink.publish({
        ...overdraft,
        id: 'USD-2-0',
        state: 'cleared',
        severity: 'info',
        timestamp: timestamp + 2000,
      });
      sink.publish({
        ...overdraft,
        kind: 'rejected',
        account: '8',
        id: 'LEDGER-3-0',
        timestamp: timestamp + 3000,
      });
      sink.publish({
        ...overdraft,
        kind: 'held_price',
        account: '_',
        id: 'X-4',
        timestamp: timestamp + 4000,
      });
      await publisher.flush();
      publisher.close();
    });

    it('lists those that are raised, newest first', async () => {
      const entries = await listed();
      assert.deepEqual(ids(entries), ['X-4', 'LEDGER-3-0', 'USD-1-0']);
      assert.deepEqual(entries[2], {
        alert_id: 'USD-1-0',
        kind: 'overdraft',
        account_id: '7',
        state: 'raised',
        severity: 'warning',
        message: 'cash in USD is below zero: -5 minor units',
        details: { currency: 'USD', cash: -5 },
        raised_at: timestamp,
        cleared_at: null,
      });
    });

    it('lists those that were cleared with --all, as they were raised', async () => {
      const entries = await listed('--all');
      assert.deepEqual(ids(entries), ['X-4', 'LEDGER-3-0', 'USD-2-0', 'USD-1-0']);
      const { state, severity, raised_at, cleared_at } = entries[2]!;
      assert.deepEqual([state, severity], ['cleared', 'warning']);
      assert.deepEqual([raised_at, cleared_at], [timestamp + 1000, timestamp + 2000]);
    });

    it('lists those of an account, of a kind, and at most so many', async () => {
      assert.deepEqual(ids(await listed('--account', '7')), ['USD-1-0']);
      assert.deepEqual(ids(await listed('--all', '--account', '7')), ['USD-2-0', 'USD-1-0']);
      assert.deepEqual(ids(await listed('--kind', 'rejected')), ['LEDGER-3-0']);
      assert.deepEqual(ids(await listed('--kind', 'unpriced')), []);
      assert.deepEqual(ids(await listed('--all', '--limit', '1')), ['X-4']);
    });

    it('are given up where they cannot be read in the time given', async () => {
      const door = await connectDoor(loadConfig({ env: { TIDEMARK_NATS_URL: nats.url } }));
      assert.equal((await newestAlerts(door, 10, { withinMs: 10_000 })).length, 3);
      await assert.rejects(newestAlerts(door, 10, { withinMs: 0 }), ReadingTooLong);
      await door.close();
    });

    it('prints a table', async () => {
      const { stdout, stderr } = await run('--limit', '3');
      assert.match(stdout, /^raised\s+severity\s+kind\s+account\s+message\n-+\n/);
      assert.match(stdout, /\n\S+ 15:00:04\S* +warning +held_price +cash in USD/);
      assert.match(stderr, /the newest 3; --limit shows more/);
      assert.match((await run('--all')).stdout, /^raised\s+cleared\s+severity/);
    });
  });
});
