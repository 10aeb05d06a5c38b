import assert from 'node:assert/strict';
import { latencyOf } from '../../src/load/latency.ts';
import { PriceFrames } from '../../src/load/price-frames.ts';
import { accountCount, firstPrices, holdingsOf, symbolName, type LoadPlan } from '../../src/load/plan.ts';

const plan: LoadPlan = {
  rate: 1000,
  accounts: 20,
  positions: 5,
  symbols: 8,
  settlements: 1,
  seconds: 1,
  warmup: 0,
  seed: 3,
  run: 'TEST',
  probes: 2,
};

describe('latencyOf', () => {
  const published = {
    count: 5,
    probe: Int32Array.of(0, 0, 1, 0, 1),
    micros: Float64Array.of(1_000, 2_000, 2_500, 9_000, 9_500),
  };
  const seen = (...rows: [probe: number, published: number, received: number][]) => ({
    count: rows.length,
    probe: Int32Array.from(rows, ([probe]) => probe),
    published: Float64Array.from(rows, ([, sent]) => sent),
    received: Float64Array.from(rows, ([, , received]) => received),
  });

  it('counts a price that was conflated until the equity that reflects a later one', () => {
    const sightings = seen([0, 2_000, 26_000], [1, 2_500, 27_500], [0, 9_000, 51_000], [1, 9_500, 51_500]);
    const { count, unseen, ms } = latencyOf(published, sightings, 2, 0, 10_000);
    assert.deepEqual([count, unseen], [5, 0]);
    // 25, 24, 25, 42 and 42 ms.
    assert.ok(Math.abs((ms['50'] ?? 0) - 25) < 0.1);
    assert.ok(Math.abs((ms['100'] ?? 0) - 42) < 0.1);
  });

  it('says how many were never seen, and leaves out what was published outside the time asked for', () => {
    const { count, unseen } = latencyOf(published, seen([0, 1_000, 26_000]), 2, 0, 8_000);
    assert.deepEqual([count, unseen], [1, 2]);
  });
});

describe('PriceFrames', () => {
  /** The frames of a buffer as the server reads them. */
  function read(bytes: Buffer): { subject: string; message: { price: string; ts: number } }[] {
    const found = [];
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf('\r\n', at);
      const [verb, subject, length] = bytes.toString('latin1', at, end).split(' ');
      assert.equal(verb, 'PUB');
      const payload = bytes.toString('latin1', end + 2, end + 2 + Number(length));
      at = end + 2 + Number(length);
      assert.equal(bytes.toString('latin1', at, at + 2), '\r\n');
      at += 2;
      found.push({ subject: subject ?? '', message: JSON.parse(payload) as { price: string; ts: number } });
    }
    return found;
  }

  it('writes each symbol in its turn, with the price that it keeps and the time that it is given', () => {
    const frames = new PriceFrames(plan);
    const out = Buffer.alloc(10_000);
    let at = 0;
    const expected: { subject: string; price: string }[] = [];
    for (let i = 0; i < 40; i++) {
      const symbol = i % plan.symbols;
      at = frames.next(out, at, 1_760_000_000_000 + i);
      expected.push({
        subject: `prices.${symbolName(plan, symbol)}`,
        price: ((frames.prices[symbol] ?? 0) / 10_000).toFixed(4),
      });
    }
    const written = read(out.subarray(0, at));
    assert.deepEqual(
      written.map(({ subject, message }) => ({ subject, price: message.price })),
      expected,
    );
    assert.deepEqual(
      written.map(({ message }) => message.ts),
      expected.map((_, i) => 1_760_000_000_000 + i),
    );
    assert.notDeepEqual([...frames.prices], [...firstPrices(plan)], 'prices move');
  });

  it("writes the time of its publication as a probe's price", () => {
    const out = Buffer.alloc(1000);
    const frames = new PriceFrames(plan);
    let at = frames.probe(1, 0, out, 0, 1_760_000_000_000);
    at = frames.probe(1, 12_345_678, out, at, 1_760_000_000_000);
    assert.deepEqual(
      read(out.subarray(0, at)).map(({ subject, message }) => [subject, message.price]),
      [
        ['prices.PTEST-2', '100000.000'],
        ['prices.PTEST-2', '112345.678'],
      ],
    );
  });
});

describe('the plan of a load test', () => {
  it('gives each account as many different symbols as it is to hold, and each probe its own', () => {
    for (let account = 0; account < accountCount(plan); account++) {
      const held = holdingsOf(plan, account);
      assert.equal(new Set(held).size, account < plan.accounts ? plan.positions : 1);
      assert.deepEqual(held, holdingsOf(plan, account));
    }
    assert.deepEqual([holdingsOf(plan, 20), holdingsOf(plan, 21)], [[8], [9]]);
  });
});
