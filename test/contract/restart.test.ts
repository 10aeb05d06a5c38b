/**
 * A restart of the engine, by kill -9 of its process: what depended on prices of the past is as it was, and what was on
 * its way counts once. Real processes; the supervisor starts the engine again.
 */
import assert from 'node:assert/strict';
import type { JetStreamManager } from 'nats';
import { RealEngine } from '../support/real-engine.ts';
import { until } from '../support/until.ts';

describe('an engine that was killed', function () {
  this.timeout(120_000);
  let engine: RealEngine;
  let manager: JetStreamManager;

  beforeEach(async () => {
    engine = await RealEngine.start({ instruments: { SAP: { currency: 'EUR' } } });
    manager = await engine.nats.jetstreamManager();
  });

  afterEach(async () => {
    await engine.stop();
  });

  /** Until the last frame of a table says so. */
  const framed = (table: string, isThere: (name: string, rows: unknown[][]) => boolean): Promise<true> =>
    until(
      async () => {
        const subject = `frames.0.${table}`;
        const { header, data } = await manager.streams.getMessage('FRAMES', { last_by_subj: subject });
        const lines = Buffer.from(data).toString('utf8').trim().split('\n');
        return isThere(
          header.get('Tidemark-Frame'),
          lines.map((line) => JSON.parse(line) as unknown[]),
        );
      },
      { what: `a frame of ${table}`, timeoutMs: 30_000 },
    );

  it('says of an account what it said before: rates, units, peak and drawdown of the past', async () => {
    let now = 1_760_000_000_000;
    const tick = async (...changes: [string, number][]): Promise<number> => {
      now += 1000;
      for (const [symbol, price] of changes) engine.price(symbol, { price, ts: now });
      return engine.tick(now);
    };
    const cash = (id: string, type: string, amount: number, more = {}): Promise<number> =>
      engine.settle('cash.a', { id, type, amount, ...more });
    const fill = (id: string, side: string, quantity: number, price: number): Promise<number> =>
      engine.settle('settlements.a', { id, symbol: 'SAP', side, quantity, price, fee: 100 });

    await cash('d-1', 'deposit', 1_000_000);
    await tick(['EURUSD', 1.1], ['SAP', 100]);
    await fill('f-1', 'buy', 50, 100);
    await tick(['SAP', 130]);
    await fill('f-2', 'sell', 20, 130);
    await tick(['EURUSD', 1.3], ['SAP', 120]);
    await cash('d-2', 'deposit', 500_000);
    // Without a rate: booked later, at a rate that is no longer there at the restart.
    await cash('d-3', 'deposit', 10_000, { currency: 'JPY' });
    await tick(['SAP', 60]);
    await tick(['USDJPY', 100]);
    const sequence = await cash('d-4', 'withdrawal', 200_000);
    const last = await tick(['USDJPY', 160], ['EURUSD', 0.9], ['SAP', 90]);

    await framed('effects', (name) => Number(/-(\d+):/.exec(name)?.[1]) >= sequence);
    await framed('equity_curve', (_, rows) => rows.some(([id, , , at]) => id === 'a' && at === last));
    await framed('prices', (_, rows) => rows.some((row) => row.includes(last)));
    const before = await engine.inspect('a');
    await engine.killEngine();
    assert.deepEqual(await engine.inspect('a'), before);

    const next = await tick(['SAP', 91]);
    const [emission] = (await engine.allEmissions()).filter((each) => each.tick === next);
    assert.equal(emission?.account_id, 'a');
    assert.equal(emission['peak_nav'], before?.['peak_nav']);
    assert.equal(emission['net_flow'], before?.['net_flow']);
  });

  it('again and again, while events come in, has each of them once', async () => {
    const events = 300;
    let sent = 0;
    const sending = (async () => {
      while (sent < events) {
        const id = `e-${++sent}`;
        await engine.settle('cash.a', { id, type: 'deposit', amount: sent });
        // One of three is sent again.
        if (sent % 3 === 0) await engine.settle('cash.a', { id, type: 'deposit', amount: sent });
      }
    })();
    for (const at of [75, 225]) {
      await until(() => sent >= at, { what: `${at} events to be sent`, timeoutMs: 60_000, pollMs: 1 });
      await engine.killEngine();
    }
    await sending;
    await engine.tick();
    const account = await engine.inspect('a');
    assert.deepEqual(account?.['cash'], { USD: (events * (events + 1)) / 2 });
    assert.equal(account['sequence'], events + events / 3);
    assert.equal(account['total_equity'], (events * (events + 1)) / 2);
  });
});
