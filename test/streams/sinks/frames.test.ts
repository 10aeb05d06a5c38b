import assert from 'node:assert/strict';
import { loadConfig } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import { frameColumns, type FrameTable } from '../../../src/domain/frame.ts';
import { emptyPriceChanges } from '../../../src/domain/price-change.ts';
import type { DeadLetter } from '../../../src/ports.ts';
import { NatsFrames } from '../../../streams/sinks/frames.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { framesDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { rowsOf, type Row } from '../support/frame-body.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleCurve, sampleDeposit, sampleEffect, sampleTime } from '../support/sample-rows.ts';
import { silentLog } from '../support/silent-log.ts';

const letter = (fields: Partial<DeadLetter> = {}): DeadLetter => ({
  stream: 'LEDGER',
  sequence: 13,
  index: 0,
  subject: 'settlements.7',
  account: '7',
  reason: 'malformed',
  detail: 'side',
  time: sampleTime,
  payload: new TextEncoder().encode('{"id":"ü"}'),
  ...fields,
});

describe('frames', () => {
  let nats: TestNats;
  let link: Link;
  let clock: ManualClock;
  let publisher: WindowedPublisher;
  let frames: NatsFrames;
  const log = silentLog();

  before(async () => {
    nats = await startNats();
    link = await connectNats({ url: nats.url, name: 'output', log });
  });
  after(async () => {
    await link.close();
    await nats.stop();
  });
  beforeEach(async () => {
    await (await managerOf(link.nats)).streams.add(framesDefinition(loadConfig({ env: {} })));
    clock = new ManualClock();
    publisher = new WindowedPublisher(link, clock, log);
    frames = new NatsFrames({ publisher, clock, log, partition: 0, flushIntervalMs: 500 });
    await frames.open(5);
  });
  afterEach(async () => {
    frames.close();
    publisher.close();
    await (await managerOf(link.nats)).streams.delete('FRAMES');
  });

  interface Stored {
    readonly name: string;
    readonly subject: string;
    readonly rows: Row[];
  }

  async function stored(): Promise<Stored[]> {
    await publisher.flush();
    const { streams } = await managerOf(link.nats);
    const { state } = await streams.info('FRAMES');
    const found: Stored[] = [];
    // Behind the fence, which is the first.
    for (let seq = 2; seq <= state.last_seq; seq++) {
      const { subject, data, header } = await streams.getMessage('FRAMES', { seq });
      const table = header.get('Tidemark-Table') as FrameTable;
      const rows = rowsOf(table, data);
      assert.equal(header.get('Tidemark-Rows'), String(rows.length));
      assert.equal(header.get('Tidemark-Columns'), frameColumns[table].join(','));
      assert.equal(header.get('Tidemark-Epoch'), '5');
      assert.equal(header.get('Nats-Msg-Id'), header.get('Tidemark-Frame'));
      found.push({ name: header.get('Tidemark-Frame'), subject, rows });
    }
    return found;
  }

  const names = async (): Promise<string[]> => (await stored()).map(({ name }) => name);

  it('carry effects with the tick that sealed them, named by the ledger they cover', async () => {
    frames.effect(sampleEffect());
    frames.effect(sampleEffect({ sequence: 13, event: sampleDeposit, time: NaN, accountId: '8' }));
    frames.rejected(letter({ sequence: 14, time: NaN }));
    frames.seal(77, sampleTime + 9, 15);
    frames.release();
    await frames.flush();
    const [frame] = await stored();
    assert.equal(frame!.name, 'effects:0:12-15:5');
    assert.equal(frame!.subject, 'frames.0.effects');
    assert.deepEqual(frame!.rows[0], {
      account_id: '7',
      sequence: 12,
      idx: 0,
      kind: 'fill',
      id: 'f1',
      ts: sampleTime,
      event_ts: 5,
      effective_at: null,
      source: 'venue "A"',
      symbol: 'BRK.B',
      side: 'sell',
      quantity: '2.5',
      price: '100',
      amount: 0,
      currency: 'USD',
      to_currency: '',
      to_amount: 0,
      fee: 7,
      fee_currency: 'USD',
      fee_quantity: '0',
      notes: '',
      cash_effect: 24_993,
      realized: 250,
      realized_base: 250,
      fees: 7,
      fees_base: null,
      income_base: 0,
      flow_base: 0,
      rate: 1,
      quantity_before: '10',
      quantity_after: '7.5',
      cost_before: 99_000,
      cost_after: 74_250,
      position_realized: 250,
      equity_before: 1_000_000,
      nav_before: 1.0125,
      units: 987_654.3209876543,
      nav: 1.0125,
      epoch: 1,
      state: 'active.healthy',
      reason: '',
      detail: '',
      subject: '',
      payload: '',
      tick: 77,
    });
    const [, deposit, refused] = frame!.rows;
    assert.equal(deposit!['kind'], 'deposit');
    assert.equal(deposit!['ts'], sampleTime + 9);
    assert.equal(deposit!['event_ts'], null);
    assert.equal(deposit!['amount'], 1_000);
    assert.equal(deposit!['notes'], 'für "Ann"\n');
    assert.deepEqual(
      ['kind', 'reason', 'detail', 'subject', 'payload', 'sequence', 'ts', 'tick'].map(
        (name) => refused![name],
      ),
      ['rejected', 'malformed', 'side', 'settlements.7', '{"id":"ü"}', 14, sampleTime + 9, 77],
    );
  });

  it('carry the curve, prices and dead letters of core subjects', async () => {
    const changes = emptyPriceChanges();
    changes.mids[3] = 1_872_300;
    changes.bids[3] = 1_872_200;
    changes.asks[3] = -1;
    changes.times[3] = 5;
    frames.curve(sampleCurve());
    frames.curve(sampleCurve({ nav: NaN, dayChangePercent: NaN, wipedOut: true }));
    frames.price('BRK.B', 4, changes, 3, 88, sampleTime);
    const core = letter({ stream: '', sequence: 0, payload: Uint8Array.of(0xff, 0) });
    frames.rejected(core);
    frames.seal(88, sampleTime, 0);
    frames.release();
    await frames.flush();
    const all = await stored();
    const rows = (table: string): Row[] => all.find(({ subject }) => subject === `frames.0.${table}`)!.rows;
    assert.equal(rows('equity_curve')[0]!['nav'], 1.0039771234567891);
    assert.equal(rows('equity_curve')[0]!['session_date'], '2026-01-15');
    assert.equal(rows('equity_curve')[0]!['total_equity'], 12_873_423);
    assert.equal(rows('equity_curve')[1]!['nav'], null);
    assert.equal(rows('equity_curve')[1]!['wiped_out'], true);
    assert.deepEqual(rows('prices'), [
      {
        symbol: 'BRK.B',
        ts: sampleTime,
        price: '187.23',
        bid: '187.22',
        ask: '-0.0001',
        tick: 88,
        market_ts: 5,
      },
    ]);
    const [refused] = rows('dead_letters');
    assert.match(String(refused!['id']), /^core\.[0-9a-f-]{36}\.0$/);
    assert.equal(refused!['payload'], '/wA=');
    assert.equal(new Set(all.map(({ name }) => name)).size, 3);
    assert.ok(all.every(({ name }) => name.startsWith('5:0:88:')));
  });

  it('wait for others, and leave when they are old enough, also without another tick', async () => {
    frames.curve(sampleCurve());
    frames.effect(sampleEffect());
    frames.seal(1, sampleTime, 12);
    frames.release();
    assert.deepEqual(await names(), []);
    clock.advance(400);
    frames.effect(sampleEffect({ sequence: 13 }));
    frames.seal(2, sampleTime, 13);
    frames.release();
    assert.deepEqual(await names(), []);
    clock.advance(100);
    assert.deepEqual(await names(), ['effects:0:12-13:5', '5:0:2:0']);
  });

  it('keep what no tick has sealed', async () => {
    frames.effect(sampleEffect());
    frames.seal(1, sampleTime, 12);
    frames.release();
    frames.effect(sampleEffect({ sequence: 13, time: NaN }));
    clock.advance(500);
    assert.deepEqual(await names(), ['effects:0:12-12:5']);
    frames.seal(2, sampleTime + 1, 13);
    frames.release();
    await frames.flush();
    const [, second] = await stored();
    assert.equal(second!.name, 'effects:0:13-13:5');
    assert.deepEqual([second!.rows[0]!['ts'], second!.rows[0]!['tick']], [sampleTime + 1, 2]);
  });

  it('say nothing of a tick between its seal and its release', async () => {
    frames.curve(sampleCurve());
    frames.effect(sampleEffect());
    frames.seal(1, sampleTime, 12);
    clock.advance(600);
    await frames.flush();
    assert.deepEqual(await names(), []);
    frames.release();
    assert.deepEqual(await names(), ['effects:0:12-12:5', '5:0:1:0']);
  });

  it('say how many rows of effects are acknowledged, and after which position later frames come', async () => {
    assert.deepEqual([frames.effectsWritten, frames.effectsDurable, frames.position], [0, 0, 0]);
    frames.effect(sampleEffect());
    frames.rejected(letter());
    frames.seal(1, sampleTime, 13);
    frames.release();
    assert.deepEqual([frames.effectsWritten, frames.effectsDurable], [2, 0]);
    await frames.flush();
    assert.deepEqual([frames.effectsDurable, frames.position], [2, 2]);
    frames.curve(sampleCurve());
    await frames.flush();
    assert.deepEqual([frames.effectsWritten, frames.effectsDurable, frames.position], [2, 2, 3]);
  });

  it('hold rows of one month, a bounded number of rows and bytes', async () => {
    const february = Date.UTC(2026, 1, 1);
    frames.curve(sampleCurve({ timestamp: february - 1 }));
    frames.curve(sampleCurve({ timestamp: february }));
    for (const [sequence, time] of [february - 1, february, february + 1].entries()) {
      frames.effect(sampleEffect({ sequence: sequence + 20, time }));
    }
    frames.seal(1, february, 22);
    frames.release();
    await frames.flush();
    assert.deepEqual(await names(), ['5:0:0:0', 'effects:0:20-20:5', 'effects:0:21-22:5', '5:0:1:0']);
    for (let i = 0; i < limits.frameRowsMax + 1; i++)
      frames.price('A', 0, emptyPriceChanges(), 0, 2, february);
    frames.seal(2, february, 22);
    frames.release();
    await frames.flush();
    const sizes = (await stored()).slice(4).map(({ rows }) => rows.length);
    assert.deepEqual(sizes, [limits.frameRowsMax, 1]);
  });

  it('are acknowledged once though the server was killed meanwhile', async () => {
    for (let tick = 1; tick <= 40; tick++) {
      frames.curve(sampleCurve({ tick }));
      frames.seal(tick, sampleTime, 0);
      frames.release();
      clock.advance(500);
      if (tick === 20) await nats.kill();
      if (tick === 30) await nats.restart();
    }
    await frames.flush();
    const found = await stored();
    assert.deepEqual(
      found.flatMap(({ rows }) => rows.map((row) => row['tick'])).toSorted((a, b) => Number(a) - Number(b)),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
  });
});
