import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadConfig } from '../../../config/load.ts';
import { limits } from '../../../config/limits.ts';
import type { Effect } from '../../../src/domain/effect.ts';
import { frameColumns, type FrameTable } from '../../../src/domain/frame.ts';
import { emptyPriceChanges } from '../../../src/domain/price-change.ts';
import type { DeadLetter } from '../../../src/ports.ts';
import { EffectFrames } from '../../../streams/sinks/effect-frames.ts';
import { NatsFrames } from '../../../streams/sinks/frames.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { managerOf } from '../../../streams/sources/stream-api.ts';
import { framesDefinition } from '../../../streams/sources/stream-definitions.ts';
import { startNats, type TestNats } from '../../support/nats.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleCurve, sampleDeposit, sampleEffect, sampleTime } from '../support/sample-rows.ts';
import { silentLog } from '../support/silent-log.ts';

type Row = Readonly<Record<string, unknown>>;

function rowsOf(table: FrameTable, body: Uint8Array): Row[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const values = JSON.parse(line) as unknown[];
      assert.equal(values.length, frameColumns[table].length, table);
      return Object.fromEntries(frameColumns[table].map((name, at) => [name, values[at]]));
    });
}

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
    frames = new NatsFrames({ publisher, clock, log, partition: 0, epoch: 5, flushIntervalMs: 500 });
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
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
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
    await frames.flush();
    const [frame] = await stored();
    assert.equal(frame!.name, 'effects:0:12-15');
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
    assert.deepEqual(await names(), []);
    clock.advance(400);
    frames.effect(sampleEffect({ sequence: 13 }));
    frames.seal(2, sampleTime, 13);
    assert.deepEqual(await names(), []);
    clock.advance(100);
    assert.deepEqual(await names(), ['effects:0:12-13', '5:0:2:0']);
  });

  it('keep what no tick has sealed', async () => {
    frames.effect(sampleEffect());
    frames.seal(1, sampleTime, 12);
    frames.effect(sampleEffect({ sequence: 13, time: NaN }));
    clock.advance(500);
    assert.deepEqual(await names(), ['effects:0:12-12']);
    frames.seal(2, sampleTime + 1, 13);
    await frames.flush();
    const [, second] = await stored();
    assert.equal(second!.name, 'effects:0:13-13');
    assert.deepEqual([second!.rows[0]!['ts'], second!.rows[0]!['tick']], [sampleTime + 1, 2]);
  });

  it('hold rows of one month, a bounded number of rows and bytes', async () => {
    const february = Date.UTC(2026, 1, 1);
    frames.curve(sampleCurve({ timestamp: february - 1 }));
    frames.curve(sampleCurve({ timestamp: february }));
    for (const [sequence, time] of [february - 1, february, february + 1].entries()) {
      frames.effect(sampleEffect({ sequence: sequence + 20, time }));
    }
    frames.seal(1, february, 22);
    await frames.flush();
    assert.deepEqual(await names(), ['5:0:0:0', 'effects:0:20-20', 'effects:0:21-22', '5:0:1:0']);
    for (let i = 0; i < limits.frameRowsMax + 1; i++)
      frames.price('A', 0, emptyPriceChanges(), 0, 2, february);
    frames.seal(2, february, 22);
    await frames.flush();
    const sizes = (await stored()).slice(4).map(({ rows }) => rows.length);
    assert.deepEqual(sizes, [limits.frameRowsMax, 1]);
  });

  it('are acknowledged once though the server was killed meanwhile', async () => {
    for (let tick = 1; tick <= 40; tick++) {
      frames.curve(sampleCurve({ tick }));
      frames.seal(tick, sampleTime, 0);
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

describe('frames of effects', () => {
  interface Sent {
    readonly covers: string;
    readonly rows: Row[];
  }

  function collect(): { frames: EffectFrames; sent: Sent[] } {
    const sent: Sent[] = [];
    const frames = new EffectFrames((covers, rows, body) => {
      assert.ok(body.length <= limits.frameBytesMax);
      const read = rowsOf('effects', body);
      assert.equal(read.length, rows);
      sent.push({ covers, rows: read });
    });
    return { frames, sent };
  }

  it('do not tear a message apart', () => {
    const { frames, sent } = collect();
    for (let sequence = 1; sequence <= 5_000; sequence++) {
      for (let index = 0; index < 2; index++) frames.effect(sampleEffect({ sequence, index, time: NaN }), 0);
    }
    frames.seal(9, sampleTime, 5_000);
    frames.close();
    assert.ok(sent.length > 1);
    let expected = 1;
    for (const { covers, rows } of sent) {
      const [first, last] = covers.split('-').map(Number);
      assert.equal(first, expected);
      assert.equal(rows[0]!['sequence'], first);
      assert.equal(rows.at(-1)!['sequence'], last);
      assert.equal(rows.length, (last! - first + 1) * 2);
      expected = last! + 1;
    }
    assert.equal(expected, 5_001);
  });

  it('cover a message that fills several of them only with the last', () => {
    const { frames, sent } = collect();
    frames.effect(sampleEffect({ sequence: 1, time: NaN }), 0);
    for (let index = 0; index < 9_000; index++)
      frames.effect(sampleEffect({ sequence: 2, index, time: NaN }), 0);
    frames.effect(sampleEffect({ sequence: 3 }), 0);
    frames.seal(9, sampleTime, 3);
    frames.close();
    const covers = sent.map((each) => each.covers);
    assert.equal(covers[0], '1-1');
    assert.equal(covers.at(-1), '2-3');
    assert.ok(covers.slice(1, -1).every((each) => /^2:\d+$/.test(each)));
    assert.equal(covers[1], '2:0');
    assert.equal(new Set(covers).size, covers.length);
    assert.equal(
      sent.reduce((sum, { rows }) => sum + rows.length, 0),
      9_002,
    );
  });

  it('name late bookings alone by their tick', () => {
    const { frames, sent } = collect();
    const late = (): Effect =>
      sampleEffect({
        sequence: 5,
        event: { kind: 'booked', field: 'netFlow', amount: 1, currency: 'EUR' },
        currency: 'EUR',
      });
    frames.effect(sampleEffect({ sequence: 5 }), 0);
    frames.seal(9, sampleTime, 5);
    frames.close();
    frames.effect(late(), 0);
    frames.seal(10, sampleTime, 5);
    frames.close();
    frames.effect(late(), 0);
    frames.seal(10, sampleTime, 5);
    frames.close();
    assert.deepEqual(
      sent.map(({ covers }) => covers),
      ['5-5', '10:late1', '10:late2'],
    );
    assert.equal(sent[1]!.rows[0]!['amount'], 1);
    assert.equal(sent[1]!.rows[0]!['currency'], 'EUR');
  });

  it('leave without a tick where there is much of the ledger and it has times of its own', () => {
    const { frames, sent } = collect();
    for (let sequence = 1; sequence <= 9_000; sequence++) frames.effect(sampleEffect({ sequence }), 0);
    assert.ok(sent.length >= 2);
    assert.equal(sent[0]!.rows[0]!['tick'], sampleTime);
  });

  it('have every row once, in order, whatever is sealed and closed when', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ rows: fc.integer({ min: 1, max: 400 }) }) },
      { weight: 2, arbitrary: fc.constant('seal' as const) },
      { weight: 1, arbitrary: fc.constant('close' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { frames, sent } = collect();
        let sequence = 0;
        let tick = 0;
        const expected: string[] = [];
        for (const each of [...steps, 'seal' as const, 'close' as const]) {
          if (each === 'seal') frames.seal(++tick, sampleTime + tick, sequence);
          else if (each === 'close') frames.close();
          else {
            sequence++;
            for (let index = 0; index < each.rows; index++) {
              frames.effect(sampleEffect({ sequence, index, time: NaN }), 0);
              expected.push(`${sequence} ${index} ${tick + 1}`);
            }
          }
        }
        const got = sent.flatMap(({ rows }) => rows);
        assert.deepEqual(
          got.map((row) => `${String(row['sequence'])} ${String(row['idx'])} ${String(row['tick'])}`),
          expected,
        );
        assert.ok(got.every((row) => row['ts'] === sampleTime + Number(row['tick'])));
        assert.equal(new Set(sent.map(({ covers }) => covers)).size, sent.length);
      }),
      { numRuns: 30 },
    );
  });
});
