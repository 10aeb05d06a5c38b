/**
 * Random histories that the real corrector corrected, by SQL: at every tick they are what a ledger has that had flows in
 * time and never saw what was voided, and attribution adds up to the cent in both readings, with nothing left over.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';
import { correctionSteps, tellSteps } from '../support/correction-steps.ts';
import { RebasedStory, type Figures, type Moment } from '../support/rebased-story.ts';

const startMs = Date.parse('2026-03-07T15:00:00Z');
const instruments = {
  ACME: {},
  ES: { multiplier: 50, style: 'margined', price_scale: 2 },
  COIN: { quantity_scale: 8, price_scale: 2 },
  SAP: { currency: 'EUR' },
  BUND: { currency: 'EUR', multiplier: '0.25', style: 'margined', price_scale: 3 },
};
/** By account: its base currency. */
const bases = { a: 'USD', b: 'USD', c: 'EUR' };
const accounts = Object.keys(bases) as (keyof typeof bases)[];
const stepCount = 36;
/** Steps after which history is corrected, and goes on. */
const correctedEvery = 18;

interface Source {
  readonly source: string;
  readonly amount: number;
  readonly realized: number;
  readonly unrealized: number;
}
const figures = ['total_equity', 'realized_pnl', 'unrealized_pnl', 'fees', 'income'] as const;
type Row = Readonly<Record<(typeof figures)[number] | 'ts', number>>;
type Reading = '' | '_as_recorded';

describe('random histories that were corrected', function () {
  this.timeout(120_000);
  let analytics: AnalyticsStore;
  let sink: ClickHouseSink;
  let story: RebasedStory;

  before(async () => {
    analytics = await startAnalyticsStore();
    const { target } = analytics;
    sink = connectClickHouse(target);
    story = new RebasedStory(target, sink, { accounts, instruments, startMs });
  });
  after(async () => {
    await story.stop();
    await sink.close();
    await analytics.stop();
  });

  const ask = async <T>(query: string): Promise<T[]> => {
    const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
    return (await analytics.client.query({ query: `${query} ${settings}`, format: 'JSONEachRow' })).json<T>();
  };
  const iso = (time: number): string => new Date(time).toISOString();
  const always = (account: string): string =>
    `account_id = '${account}', from = '2020-01-01', to = '2030-01-01'`;
  const sum = (items: readonly { readonly amount: number }[]): number =>
    items.reduce((total, { amount }) => total + amount, 0);

  const tellStory = async (seed: number): Promise<void> => {
    const steps = correctionSteps({
      accounts,
      symbols: Object.keys(instruments),
      currencies: ['USD', 'USD', 'EUR'],
      rates: { EURUSD: [80, 130] },
    });
    const shape = { minLength: stepCount, maxLength: stepCount };
    const [drawn = []] = fc.sample(fc.array(steps, shape), { seed, numRuns: 1 });
    for (const [account, base_currency] of Object.entries(bases)) {
      story.both(`accounts.${account}`, { type: 'open', base_currency }, startMs - 1);
    }
    for (const symbol of Object.keys(instruments)) story.price(symbol, 50);
    story.price('EURUSD', 1.1);
    story.tick(startMs);
    const told = tellSteps(story, drawn, startMs);
    for (let at = told.next(), n = 1; at.done !== true; at = told.next(story.now), n++) {
      story.tick(at.value);
      if (n % correctedEvery === 0) await story.corrected();
    }
  };

  const curveOf = (account: string, reading: Reading): Promise<Row[]> =>
    ask<Row>(`SELECT toUnixTimestamp64Milli(row.ts) AS ts, ${figures.join(', ')}
      FROM curve${reading}(${always(account)}) AS row ORDER BY row.ts, row.tick`);

  /** Cash in two currencies is converted in one sum, or in two: a minor unit of equity. */
  const assertMeant = (account: string, rows: readonly Row[], { time, meant }: Moment): void => {
    const view = meant.get(account) ?? {};
    const row = rows.findLast(({ ts }) => ts <= time);
    for (const name of figures) {
      const [is, should] = [row?.[name] ?? 0, Number(view[name] ?? 0)];
      const isSame = Math.abs(is - should) <= (name === 'total_equity' ? 1 : 0);
      assert.ok(isSame, `${name} of ${account} at +${time - startMs}: ${is}, should be ${should}`);
    }
  };

  /** By symbol what the ledger says it has realized and, where it is in base, unrealized. */
  const gainsOf = (account: keyof typeof bases, view: Figures = {}): Map<string, [number, number]> => {
    const positions = (view['positions'] ?? []) as Figures[];
    return new Map(
      positions.map(({ symbol, currency, realized_pnl_base, unrealized_pnl }) => [
        String(symbol),
        [Number(realized_pnl_base), currency === bases[account] ? Number(unrealized_pnl) : NaN],
      ]),
    );
  };

  const assertExplained = async (
    account: keyof typeof bases,
    reading: Reading,
    rows: readonly Row[],
    [from, to]: readonly [Moment, Moment],
  ): Promise<void> => {
    const range = `account_id = '${account}', from = '${iso(from.time + 1)}', to = '${iso(to.time + 1)}'`;
    const sources = await ask<Source>(`SELECT * FROM attribution${reading}(${range})`);
    const what = `${account}${reading} from +${from.time - startMs} to +${to.time - startMs}`;
    const [was, is] = [from, to].map(({ time }) => rows.findLast(({ ts }) => ts <= time));
    const change = (name: keyof Row): number => (is?.[name] ?? 0) - (was?.[name] ?? 0);
    const amounts = new Map(sources.map(({ source, amount }) => [source, amount]));
    assert.equal(amounts.get('other'), undefined, what);
    assert.equal(sum(sources), change('total_equity'), what);
    assert.equal(amounts.get('fees'), 0 - change('fees'), what);
    assert.equal(amounts.get('income'), change('income'), what);
    const flows = await ask<{ ts: number; amount: number }>(
      `SELECT toUnixTimestamp64Milli(row.ts) AS ts, amount FROM flows${reading}(${always(account)}) AS row`,
    );
    const since = was?.ts ?? -Infinity;
    const until = is?.ts ?? -Infinity;
    const flowed = flows.filter(({ ts }) => ts > since && ts <= until);
    assert.equal(amounts.get('flow'), sum(flowed), what);
    const side = reading === '' ? 'meant' : 'told';
    const before = gainsOf(account, from[side].get(account));
    for (const [symbol, [realized, unrealized]] of gainsOf(account, to[side].get(account))) {
      const found = sources.find(({ source }) => source === symbol);
      const [realizedThen, unrealizedThen] = before.get(symbol) ?? [0, 0];
      assert.equal(found?.realized ?? 0, realized - realizedThen, `${symbol} of ${what}`);
      if (Number.isNaN(unrealized)) continue;
      assert.equal(found?.unrealized ?? 0, unrealized - unrealizedThen, `${symbol} of ${what}`);
    }
  };

  it('are what should have been, and attribution adds up in both readings', async () => {
    const seed = Number(process.env['STORY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    try {
      await tellStory(seed);
      assert.ok(story.rebases > 0);
      const ends = fc.tuple(fc.constantFrom(...story.moments), fc.constantFrom(...story.moments));
      const isRange = ([from, to]: readonly [Moment, Moment]): boolean => to.time > from.time;
      const ranges = fc.sample(ends.filter(isRange), { seed, numRuns: accounts.length });
      for (const [i, account] of accounts.entries()) {
        const range = ranges[i];
        assert.ok(range !== undefined);
        const corrected = await curveOf(account, '');
        for (const moment of story.moments) assertMeant(account, corrected, moment);
        await assertExplained(account, '', corrected, range);
        await assertExplained(account, '_as_recorded', await curveOf(account, '_as_recorded'), range);
      }
    } catch (error) {
      throw new Error(`to repeat this: STORY_SEED=${seed}`, { cause: error });
    }
  });
});
