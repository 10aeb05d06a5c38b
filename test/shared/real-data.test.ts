/**
 * Real prices from ../shared/data through `tidemark import --as prices --speed max`: 654,140 trades of a day, 137,707
 * quotes of another. Accounts that hold what they are of, opened by settlements, come to the oracle's figures exactly.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { rowsOf } from '../support/gzipped-csv.ts';
import { NaiveOracle } from '../support/oracle.ts';
import type { OracleOptions } from '../support/oracle.ts';
import { RealEngine } from '../support/real-engine.ts';
import { assertSameFigures } from '../support/same-figures.ts';
import { runTidemark } from '../support/tidemark.ts';

const data = new URL('../../../shared/data/', import.meta.url);
const trades = new URL('usa-trades-2013-10-08.csv.gz', data);
const quotes = new URL('fx-quotes-2014-05-08.csv.gz', data);

/** The same ledger to the engine and to the oracle. */
class Both {
  readonly oracle: NaiveOracle;
  readonly accounts = new Set<string>();
  private readonly engine: RealEngine;
  private ids = 0;
  private timeMs: number;

  constructor(engine: RealEngine, startMs: number, options: OracleOptions = {}) {
    this.engine = engine;
    this.timeMs = startMs;
    this.oracle = new NaiveOracle(options);
  }

  async tell(subject: string, fields: object): Promise<void> {
    const message = { id: `e${++this.ids}`, ...fields };
    const sequence = await this.engine.settle(subject, message);
    assert.deepEqual(this.oracle.apply(subject, message, sequence), { applied: true });
    this.accounts.add(subject.split('.')[1] ?? '');
  }

  price(symbol: string, message: object): void {
    this.engine.price(symbol, message);
    this.oracle.price(symbol, message);
  }

  async tick(): Promise<void> {
    await this.engine.tick(++this.timeMs);
    this.oracle.tick(this.timeMs);
  }

  /** Imports a file into the engine, reads it to the oracle, and ticks. */
  async import(file: URL): Promise<number> {
    const before = Number((await this.engine.stats())['prices_received']);
    const { code, stderr } = await runTidemark(
      ['import', fileURLToPath(file), '--as', 'prices', '--speed', 'max', '--json'],
      this.engine.env,
    );
    assert.equal(code, 0, stderr);
    let rows = 0;
    for await (const { symbol = '', price, bid, ask, ts_ms } of rowsOf(file)) {
      rows++;
      const ts = Number(ts_ms);
      this.oracle.price(symbol, price === undefined ? { bid, ask, ts } : { price, ts });
    }
    await this.tick();
    assert.equal(
      Number((await this.engine.stats())['prices_received']) - before,
      rows,
      'prices that reached the engine',
    );
    return rows;
  }

  async compare(): Promise<void> {
    for (const account of this.accounts) {
      const [figures, wanted] = [await this.engine.inspect(account), this.oracle.inspect(account)];
      assert.ok(figures && wanted, account);
      assertSameFigures(figures, wanted, account);
      assert.ok(Object.values(this.oracle.identity(account)).every((x) => x === 0n));
    }
  }
}

describe('real prices', () => {
  let engine: RealEngine;

  beforeEach(async () => {
    engine = await RealEngine.start();
  });

  afterEach(async () => {
    await engine.stop();
  });

  it('of 654,140 trades mark accounts that are long and short AIG, BAC, IBM and SPY', async () => {
    const both = new Both(engine, Date.parse('2013-10-08T12:00:00Z'));
    const opened = { AIG: '48.12', BAC: '13.9375', IBM: '182.01', SPY: '167.42' };
    for (let i = 0; i < 40; i++) {
      const account = `t${i}`;
      await both.tell(`cash.${account}`, { type: 'deposit', amount: 100_000_000 + i });
      for (const [s, [symbol, price]] of Object.entries(opened).entries()) {
        const side = (i >> s) % 2 === 0 ? 'buy' : 'sell';
        const quantity = `${7 * i + 13 * s + 1}.${(i * 37) % 100}`;
        await both.tell(`settlements.${account}`, { symbol, side, quantity, price, fee: (i % 7) - 2 });
      }
    }
    await both.tick();
    await both.compare();
    assert.equal(await both.import(trades), 654_140);
    await both.compare();
    // Half of it is closed, some of it turned round, at the day's last prices.
    for (let i = 0; i < 40; i++) {
      for (const symbol of ['BAC', 'SPY']) {
        const quantity = `${3 * i + 5}`;
        await both.tell(`settlements.t${i}`, {
          symbol,
          side: i % 3 === 0 ? 'buy' : 'sell',
          quantity,
          price: '99.9999',
        });
      }
    }
    await both.tick();
    await both.compare();
    const realized = both.oracle.inspect('t1')?.realized_pnl ?? 0n;
    assert.notEqual(realized, 0n);
  });

  it('of 137,707 quotes move accounts in EUR, NZD and USD', async () => {
    const both = new Both(engine, Date.parse('2014-05-08T03:00:00Z'));
    both.price('EURUSD', { bid: '1.39', ask: '1.392', ts: 1 });
    both.price('NZDUSD', { bid: '0.86', ask: '0.862', ts: 1 });
    await both.tick();
    const currencies = ['EUR', 'NZD', 'USD'];
    for (let i = 0; i < 30; i++) {
      const account = `f${i}`;
      const currency = currencies[i % 3] ?? '';
      await both.tell(`accounts.${account}`, { type: 'open', base_currency: currency });
      for (const [c, each] of currencies.entries()) {
        await both.tell(`cash.${account}`, {
          type: 'deposit',
          amount: 1_234_567 * (c + 1) + i,
          currency: each,
        });
      }
      await both.tell(`cash.${account}`, {
        type: 'conversion',
        currency: 'USD',
        amount: 139_000 + i,
        to_currency: 'EUR',
        to_amount: 100_000,
      });
      await both.tell(`settlements.${account}`, {
        symbol: 'EURUSD',
        side: i % 2 === 0 ? 'buy' : 'sell',
        quantity: 1000 + i,
        price: '1.39107',
        fee: 150,
        fee_currency: 'NZD',
      });
      await both.tell(`settlements.${account}`, {
        symbol: 'NZDUSD',
        side: 'sell',
        quantity: 500 * i + 1,
        price: '0.86123',
      });
    }
    await both.tick();
    await both.compare();
    assert.equal(await both.import(quotes), 137_707);
    await both.compare();
    for (let i = 0; i < 30; i++) {
      await both.tell(`settlements.f${i}`, {
        symbol: 'EURUSD',
        side: i % 2 === 0 ? 'sell' : 'buy',
        quantity: 700,
        price: '1.38401',
      });
      await both.tell(`cash.f${i}`, { type: 'withdrawal', amount: 7_777, currency: 'NZD' });
    }
    await both.tick();
    await both.compare();
    assert.notEqual(both.oracle.inspect('f0')?.fx_pnl, 0n);
  });
});
