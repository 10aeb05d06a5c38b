/**
 * A real day of trades, played through the ledger with 12 accounts that take slices of them: what SQL says made their
 * equity change adds up to the change, to the cent. Every 50th trade: rows of a second for all accounts all day.
 */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import fc from 'fast-check';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { rowsOf } from '../support/gzipped-csv.ts';
import { RecordedBench } from '../support/recorded-bench.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';

const trades = new URL('../../../shared/data/usa-trades-2013-10-08.csv.gz', import.meta.url);
const dayStart = Date.parse('2013-10-08T00:00:00Z');
const dayEnd = Date.parse('2013-10-09T00:00:00Z');
const firstTrade = Date.parse('2013-10-08T08:00:17Z');
const accounts = Array.from({ length: 12 }, (_, i) => `r${i}`);
const everyNth = 50;
const tickMs = 250;
const seed = 20131008;

/** What the ledger said of each account after its last tick before a moment. */
type Witness = ReadonlyMap<string, Record<string, unknown>>;

interface Source {
  source: string;
  amount: number;
  realized: number;
  unrealized: number;
}

/** Plays the day into a bench. */
class Day {
  readonly witnesses = new Map<number, Witness>();
  readonly counts = { trades: 0, fills: 0, flows: 0, dividends: 0 };
  private readonly bench = new RecordedBench({}, 1000);
  private readonly moments: number[];
  private readonly sink: ClickHouseSink;
  private sequence = 0;
  /** How many trades were taken when rows were inserted last. */
  private inserted = 0;

  constructor(sink: ClickHouseSink, moments: readonly number[]) {
    this.sink = sink;
    this.moments = moments.toSorted((a, b) => a - b);
  }

  async play(): Promise<void> {
    for (const [i, account] of accounts.entries()) {
      this.tell(`cash.${account}`, { type: 'deposit', amount: 5_000_000_000 + i }, firstTrade);
    }
    let row = 0;
    let tickAt = firstTrade;
    for await (const { ts_ms, symbol = '', price = '', size } of rowsOf(trades)) {
      if (row++ % everyNth !== 0) continue;
      const time = Number(ts_ms);
      const next = (Math.floor(time / tickMs) + 1) * tickMs;
      if (next !== tickAt) {
        await this.tick(tickAt);
        this.witness(next);
      }
      tickAt = next;
      this.bench.price(symbol, { price, ts: time });
      this.take(this.counts.trades++, symbol, price, Number(size), time);
    }
    // The last trades are within the day's last second; a tick belongs to the day only before its end.
    await this.tick(Math.min(tickAt, dayEnd - 1));
    this.witness(Infinity);
    await this.bench.insertInto(this.sink);
  }

  /** Every other trade is in part an account's; now and then one pays in, takes out or has a dividend. */
  private take(n: number, symbol: string, price: string, size: number, time: number): void {
    // High bits alone: the low ones of a product follow those of n.
    const mixed = (n * 2_654_435_761) % 2 ** 32;
    const account = accounts[(mixed >>> 20) % accounts.length] ?? '';
    if (n % 2 === 0) {
      const hundredths = Math.floor((size * 100 * ((mixed >>> 17) % 8)) / 8) + 1;
      const quantity = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
      const side = (mixed >>> 16) % 2 === 0 ? 'buy' : 'sell';
      const fee = ((mixed >>> 8) % 900) - 150;
      this.tell(`settlements.${account}`, { symbol, side, quantity, price, fee }, time);
      this.counts.fills++;
    } else if (n % 20 === 1) {
      const type = (mixed >>> 16) % 3 === 0 ? 'withdrawal' : 'deposit';
      this.tell(`cash.${account}`, { type, amount: 1 + (mixed % 10_000_019) }, time);
      this.counts.flows++;
    } else if (n % 200 === 3) {
      this.tell(`cash.${account}`, { type: 'dividend', symbol, amount: 1 + (mixed % 100_003) }, time);
      this.counts.dividends++;
    }
  }

  private tell(subject: string, fields: object, time: number): void {
    const sequence = ++this.sequence;
    const verdict = this.bench.apply(subject, { id: `e${sequence}`, ...fields }, sequence, time);
    assert.deepEqual(verdict, { applied: true });
  }

  private async tick(time: number): Promise<void> {
    this.bench.tick(time);
    // In parts, so that the rows of the whole day need not be held.
    if (this.counts.trades - this.inserted < 2000) return;
    this.inserted = this.counts.trades;
    await this.bench.insertInto(this.sink);
  }

  /** Before anything after the tick is applied: of the moments up to the next tick. */
  private witness(next: number): void {
    while ((this.moments[0] ?? Infinity) <= next && this.moments.length > 0) {
      const seen = accounts.map((id) => [id, this.bench.inspect(id) ?? {}] as const);
      this.witnesses.set(this.moments.shift() ?? NaN, new Map(seen));
    }
  }
}

describe('attribution over the day of 654,140 trades', function () {
  this.timeout(900_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let sink: ClickHouseSink;
  let day: Day;
  // Whole seconds, so that no second's row holds ticks from both sides.
  const second = fc.integer({ min: firstTrade / 1000 + 60, max: dayEnd / 1000 - 60 });
  const pair = fc.uniqueArray(second, { minLength: 2, maxLength: 2 });
  const cuts = fc
    .sample(pair, { seed, numRuns: 2 })
    .map((of) => of.toSorted((a, b) => a - b).map((s) => s * 1000));

  before(async () => {
    store = await startAnalyticsStore();
    sink = connectClickHouse(store.target);
    client = store.client;
    day = new Day(sink, [...new Set([...cuts.flat(), dayEnd])]);
    await day.play();
  });
  after(async () => {
    await sink.close();
    await store.stop();
  });

  const ask = async <T>(query: string): Promise<T[]> => {
    const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
    return (await client.query({ query: `${query} ${settings}`, format: 'JSONEachRow' })).json<T>();
  };
  const iso = (time: number): string => new Date(time).toISOString();
  const attribution = (account: string, from: number, to: number) =>
    ask<Source>(
      `SELECT * FROM attribution(account_id = '${account}', from = '${iso(from)}', to = '${iso(to)}')`,
    );

  /** By account: total_equity of the last row of the curve before a moment. */
  const equityBefore = async (moment: number): Promise<Map<string, number>> => {
    const rows = await ask<{ account_id: string; equity: number }>(
      `SELECT account_id, argMax(total_equity, (ts, tick)) AS equity FROM equity_curve
       WHERE ts < parseDateTime64BestEffort('${iso(moment)}', 3, 'UTC') GROUP BY account_id`,
    );
    return new Map(rows.map(({ account_id, equity }) => [account_id, equity]));
  };

  /** A figure of the ledger's; before the day there is no account. */
  const told = (account: string, moment: number, name: string): number =>
    moment === dayStart ? 0 : Number(day.witnesses.get(moment)?.get(account)?.[name]);

  /** Asks for a range, and holds it to the ledger. */
  const explained = async (account: string, from: number, to: number): Promise<Source[]> => {
    const rows = await attribution(account, from, to);
    const what = `${account} from ${iso(from)} to ${iso(to)}`;
    const change = (name: string): number => told(account, to, name) - told(account, from, name);
    const sum = (part: 'amount' | 'realized' | 'unrealized'): number =>
      rows.reduce((total, row) => total + row[part], 0);
    const amounts = new Map(rows.map(({ source, amount }) => [source, amount]));
    assert.equal(sum('amount'), change('total_equity'), what);
    assert.ok(!amounts.has('other'), what);
    assert.equal(amounts.get('fx'), 0, what);
    assert.equal(amounts.get('fees'), 0 - change('fees'), what);
    assert.equal(amounts.get('income'), change('income'), what);
    assert.equal(amounts.get('flow'), change('net_flow'), what);
    assert.equal(sum('realized'), change('realized_pnl'), what);
    assert.equal(sum('unrealized'), change('unrealized_pnl'), what);
    return rows;
  };

  // An answer takes half a second: each is asked for once.
  const wholeDays = new Map<string, Source[]>();
  const wholeDay = async (account: string): Promise<Source[]> => {
    const rows = wholeDays.get(account) ?? (await explained(account, dayStart, dayEnd));
    wholeDays.set(account, rows);
    return rows;
  };

  it('has a curve whose last row before a moment is what the ledger said', async () => {
    const { trades: taken, fills, flows, dividends } = day.counts;
    assert.deepEqual([taken, fills, flows, dividends], [13_083, 6542, 655, 66]);
    for (const moment of [...cuts.flat(), dayEnd]) {
      const wanted = new Map(accounts.map((account) => [account, told(account, moment, 'total_equity')]));
      const found = await equityBefore(moment);
      assert.deepEqual([...found].sort(), [...wanted].sort(), iso(moment));
    }
  });

  it('of the whole day adds up to the cent for every account, without anything unexplained', async () => {
    for (const account of accounts) {
      const rows = await wholeDay(account);
      const symbols = rows.slice(0, -4).map(({ source }) => source);
      assert.deepEqual(symbols.sort(), ['AIG', 'BAC', 'IBM', 'SPY'], account);
      assert.ok(rows.every(({ source, amount }) => amount !== 0 || ['fx', 'income'].includes(source)));
    }
  });

  it('of random parts of the day adds up to the cent, and the parts to the day', async () => {
    for (const [i, [from = NaN, to = NaN]] of cuts.entries()) {
      const account = accounts[i * 5] ?? '';
      const answers = await Promise.all([
        explained(account, dayStart, from),
        explained(account, from, to),
        explained(account, to, dayEnd),
      ]);
      const parts = answers.flat();
      for (const { source, amount, realized, unrealized } of await wholeDay(account)) {
        const of = parts.filter((part) => part.source === source);
        const added = (name: 'amount' | 'realized' | 'unrealized'): number =>
          of.reduce((total, part) => total + part[name], 0);
        const wanted = [amount, realized, unrealized];
        assert.deepEqual([added('amount'), added('realized'), added('unrealized')], wanted, source);
      }
    }
  });
});
