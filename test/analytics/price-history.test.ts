/** Marks of a symbol for a chart: the last one of each stretch, from rows, minutes and hours. */
import assert from 'node:assert/strict';
import { startCurveBench, type CurveBench } from './curve-bench.ts';

interface Mark {
  readonly ts: number;
  readonly price: string;
}
const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;

describe('price_history', function () {
  this.timeout(60_000);
  let bench: CurveBench;
  before(async () => {
    bench = await startCurveBench();
  });
  after(() => bench.stop());

  /** A price every `everyMs`: its number. */
  async function insert(symbol: string, count: number, everyMs: number): Promise<void> {
    const values = Array.from({ length: count }, (_, i) => ({
      symbol,
      ts: new Date(start + i * everyMs).toISOString().slice(0, 23).replace('T', ' '),
      price: String(i + 1),
    }));
    await bench.client.insert({ table: 'prices', values, format: 'JSONEachRow' });
  }
  const ask = (symbol: string, points: number, from = '2026-01-01', to = '2027-01-01'): Promise<Mark[]> =>
    bench.ask(
      `SELECT ts, toString(price) AS price FROM price_history(symbol = '${symbol}', from = '${from}', to = '${to}', points = ${points})`,
    );

  for (const { of, count, everyMs } of [
    { of: 'rows', count: 600, everyMs: 10_000 },
    { of: 'minutes', count: 600, everyMs: 10 * 60_000 },
    { of: 'hours', count: 600, everyMs: 2 * hourMs },
  ]) {
    it(`has at most so many marks, in order, the last one the newest: from ${of}`, async () => {
      await insert(of, count, everyMs);
      const found = await ask(of, 50);
      assert.ok(found.length > 40 && found.length <= 50, String(found.length));
      for (const { ts, price } of found) assert.equal(ts, start + (Number(price) - 1) * everyMs);
      const times = found.map(({ ts }) => ts);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
      assert.equal(found.at(-1)?.price, String(count));
    });
  }

  it('has every mark where there is room for all', async () => {
    await insert('few', 3, 1_000);
    assert.deepEqual(
      (await ask('few', 1_000)).map(({ price }) => price),
      ['1', '2', '3'],
    );
  });

  it('takes `from` inclusive and `to` exclusive', async () => {
    const found = await ask('few', 1_000, '2026-01-01 00:00:01', '2026-01-01 00:00:02');
    assert.deepEqual(found, [{ ts: start + 1_000, price: '2' }]);
  });

  it('has none of a symbol without prices', async () => {
    assert.deepEqual(await ask('none', 10), []);
  });
});
