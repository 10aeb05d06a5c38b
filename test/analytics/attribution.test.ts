/** positions, account_at and attribution by SQL, held to the figures of the ledger that wrote the rows. */
import assert from 'node:assert/strict';
import type { ClickHouseClient } from '@clickhouse/client';
import fc from 'fast-check';
import { exponentOf } from '../../src/domain/currency.ts';
import { connectClickHouse, type ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { histories, instruments, type Step } from '../support/history.ts';
import { LedgerBench } from '../support/ledger-bench.ts';
import { RecordedBench } from '../support/recorded-bench.ts';
import { startAnalyticsStore, type AnalyticsStore } from '../support/analytics-store.ts';

const start = Date.parse('2026-03-09T12:00:00Z');

interface Source {
  source: string;
  kind: string;
  amount: number;
  realized: number;
  unrealized: number;
}

/** What the ledger said just after a tick. */
interface Witness {
  readonly time: number;
  readonly figures: ReadonlyMap<string, Record<string, unknown>>;
}

describe('an account at a moment, and what changed it', function () {
  this.timeout(300_000);
  let store: AnalyticsStore;
  let client: ClickHouseClient;
  let sink: ClickHouseSink;

  before(async () => {
    store = await startAnalyticsStore();
    sink = connectClickHouse(store.target);
    client = store.client;
  });
  after(async () => {
    await sink.close();
    await store.stop();
  });
  beforeEach(async () => {
    const tables =
      'effects settlements cash_flows position_changes equity_curve prices prices_1h_states instrument_changes account_changes flow_effects corrections curve_corrections';
    for (const table of tables.split(' ')) await client.command({ query: `TRUNCATE TABLE ${table}` });
  });

  const ask = async <T>(query: string): Promise<T[]> => {
    const settings = 'SETTINGS output_format_json_quote_64bit_integers = 0';
    return (await client.query({ query: `${query} ${settings}`, format: 'JSONEachRow' })).json<T>();
  };
  const iso = (time: number): string => new Date(time).toISOString();
  const positions = (account: string, at: number, reading = '') =>
    ask<Record<string, unknown>>(
      `SELECT * FROM positions${reading}(account_id = '${account}', at = '${iso(at)}')`,
    );
  const attribution = (account: string, from: number, to: number, reading = '') =>
    ask<Source>(
      `SELECT * FROM attribution${reading}(account_id = '${account}', from = '${iso(from)}', to = '${iso(to)}')`,
    );
  const sum = (rows: readonly Source[]): number => rows.reduce((total, { amount }) => total + amount, 0);

  /** Plays steps, an event or a tick a millisecond at least; a witness of every tick. */
  const play = (
    bench: LedgerBench,
    steps: readonly Step[],
    accounts: readonly string[],
    isPlayed: (step: Step) => boolean = () => true,
    applied = new Set<Step>(),
  ): Witness[] => {
    const witnesses: Witness[] = [];
    let now = start;
    let sequence = 0;
    for (const step of steps) {
      if (step.step === 'wait') now += step.ms;
      else if (step.step === 'price') bench.price(step.symbol, step.message);
      else if (step.step === 'event') {
        sequence++;
        now++;
        if (!isPlayed(step)) continue;
        const verdict = bench.apply(step.subject, step.message, sequence, now);
        if ('applied' in verdict) applied.add(step);
      } else {
        bench.tick(++now);
        const seen = accounts.map((id) => [id, bench.inspect(id)] as const);
        const figures = new Map(seen.flatMap(([id, view]) => (view === null ? [] : [[id, view]])));
        witnesses.push({ time: now, figures });
      }
    }
    return witnesses;
  };

  const benchOf = (resolutionMs: number, options = {}): RecordedBench => {
    const bench = new RecordedBench(options, resolutionMs);
    for (const [symbol, fields] of Object.entries(instruments)) bench.instrument(symbol, fields);
    return bench;
  };
  const buy = (id: string, symbol: string, quantity: number, price: number, more = {}): Step => ({
    step: 'event',
    subject: 'settlements.a',
    message: {
      id,
      symbol,
      side: quantity > 0 ? 'buy' : 'sell',
      quantity: Math.abs(quantity),
      price,
      ...more,
    },
  });
  const cash = (id: string, type: string, amount: number, more = {}): Step => ({
    step: 'event',
    subject: 'cash.a',
    message: { id, type, amount, ...more },
  });
  const price = (symbol: string, value: number, ts: number): Step => ({
    step: 'price',
    symbol,
    message: { price: value, ts },
  });
  const tick: Step = { step: 'tick' };

  it('is told by hand-made events: prices, fees, income, rates and flows each have their row', async () => {
    const bench = benchOf(0);
    const [opened, , traded, moved, rated, ended] = play(
      bench,
      [
        cash('d', 'deposit', 1_000_000),
        tick,
        price('EURUSD', 1.1, 1),
        tick,
        // 100 @ 50.00, fee 1.00; 10 SAP @ 40.00 in EUR: cost 400.00 EUR.
        buy('1', 'ACME', 100, 50, { fee: 100 }),
        buy('2', 'SAP', 10, 40),
        tick,
        // ACME +1,000.00; SAP +100.00 EUR at 1.10 = 110.00.
        price('ACME', 60, 2),
        price('SAP', 50, 2),
        tick,
        // Rate +0.10: on the gain of 100 EUR 10.00, on cash and cost (-400 + 400 EUR) nothing.
        price('EURUSD', 1.2, 3),
        tick,
        // Half of ACME sold: 500.00 realized of what was not. A dividend of 7.00, a deposit of 5,000.00.
        buy('3', 'ACME', -50, 60, { fee: -25 }),
        cash('v', 'dividend', 700, { symbol: 'ACME' }),
        cash('d2', 'deposit', 500_000),
        tick,
      ],
      ['a'],
    );
    await bench.insertInto(sink);
    const rows = async (from: Witness | undefined, to: Witness | undefined) => {
      const found = await attribution('a', (from?.time ?? 0) + 1, (to?.time ?? 0) + 1, '_as_recorded');
      return found.map(({ source, amount, realized, unrealized }) => [source, amount, realized, unrealized]);
    };
    const none = [
      ['fees', 0, 0, 0],
      ['income', 0, 0, 0],
      ['fx', 0, 0, 0],
      ['flow', 0, 0, 0],
    ];
    assert.deepEqual(await rows(opened, traded), [
      ['ACME', 0, 0, 0],
      ['SAP', 0, 0, 0],
      ['fees', -100, 0, 0],
      ...none.slice(1),
    ]);
    assert.deepEqual(await rows(traded, moved), [
      ['ACME', 100_000, 0, 100_000],
      ['SAP', 11_000, 0, 11_000],
      ...none,
    ]);
    assert.deepEqual(await rows(moved, rated), [['SAP', 1000, 0, 1000], ['ACME', 0, 0, 0], ...none]);
    assert.deepEqual(await rows(rated, ended), [
      ['ACME', 0, 50_000, -50_000],
      ['SAP', 0, 0, 0],
      ['fees', 25, 0, 0],
      ['income', 700, 0, 0],
      ['fx', 0, 0, 0],
      ['flow', 500_000, 0, 0],
    ]);
    // From before it began: equity itself.
    const all = await attribution('a', start - 1000, (ended?.time ?? 0) + 1);
    assert.equal(sum(all), ended?.figures.get('a')?.['total_equity']);
  });

  it('knows the minor units of every currency that the ledger knows', async () => {
    const rows = await ask<{ currency: string; exponent: number }>('SELECT * FROM currency_exponents');
    const known = new Map(rows.map(({ currency, exponent }) => [currency, exponent]));
    for (let a = 65; a <= 90; a++) {
      for (let bc = 0; bc < 26 * 26; bc++) {
        const code = String.fromCharCode(a, 65 + Math.floor(bc / 26), 65 + (bc % 26));
        assert.equal(known.get(code) ?? 2, exponentOf(code), code);
      }
    }
  });

  it('as corrected leaves out what was voided once its rebase is there, and until then tells what was recorded', async () => {
    const bench = benchOf(0, { fromSettlements: 'never' });
    const [funded, bought, priced, sold, voided] = play(
      bench,
      [
        price('ACME', 50, 1),
        cash('d', 'deposit', 1_000_000),
        tick,
        // 100 @ 50.00 with a fee of 2.00, and 100 @ 50.00.
        buy('1', 'ACME', 100, 50, { fee: 200 }),
        buy('2', 'ACME', 100, 50),
        tick,
        price('ACME', 60, 2),
        tick,
        buy('3', 'ACME', -50, 60),
        tick,
        { step: 'event', subject: 'settlements.a', message: { id: 'v', type: 'void', of: '1' } },
        tick,
      ],
      ['a'],
    );
    await bench.insertInto(sink);
    const at = (witness: Witness | undefined): number => (witness?.time ?? 0) + 1;
    const gains = async (from: Witness | undefined, to: Witness | undefined, reading = '') => {
      const rows = await attribution('a', at(from), at(to), reading);
      return Object.fromEntries(rows.map(({ source, amount }) => [source, amount]));
    };
    const none = { income: 0, fx: 0, flow: 0 };
    const recorded = { ACME: 200_000, fees: -200, ...none };
    assert.deepEqual(await gains(funded, sold), recorded);
    // What a corrector writes: from the fill to the void without its gain of 10.00 a unit from the price on, and its fee.
    const columns =
      'account_id, ts, tick, total_equity, unrealized_pnl, realized_pnl, fees, net_flow, sequence, rebase';
    await client.command({
      query: `INSERT INTO curve_corrections (${columns}) SELECT account_id, ts, tick,
        total_equity + 200 - if(ts >= ${priced?.time ?? 0}::DateTime64(3), 100000, 0) AS total_equity,
        unrealized_pnl - if(ts >= ${priced?.time ?? 0}::DateTime64(3), 100000, 0), realized_pnl, 0, net_flow, sequence, 9
        FROM equity_curve WHERE ts >= ${bought?.time ?? 0}::DateTime64(3) AND ts < ${voided?.time ?? 0}::DateTime64(3)`.replaceAll(
        /(\d+)::DateTime64\(3\)/g,
        "fromUnixTimestamp64Milli($1, 'UTC')",
      ),
    });
    await client.command({
      query: `ALTER TABLE equity_curve UPDATE rebase = 9 WHERE sequence = 5 SETTINGS mutations_sync = 1`,
    });
    const row = { account_id: 'a', rebase: 9, of: 5, from_ts: bought?.time, to_ts: voided?.time };
    await client.insert({ table: 'corrections', values: [row], format: 'JSONEachRow' });
    assert.deepEqual(await gains(funded, sold), { ACME: 100_000, fees: 0, ...none });
    assert.deepEqual(await gains(funded, voided), { ACME: 100_000, fees: 0, ...none });
    assert.deepEqual(await gains(sold, voided), { ACME: 0, fees: 0, ...none });
    assert.deepEqual(await gains(funded, sold, '_as_recorded'), recorded);
    assert.deepEqual(await gains(sold, voided, '_as_recorded'), { ACME: -100_000, fees: 200, ...none });
    const fills = async (reading: string): Promise<unknown[]> => {
      const range = `account_id = 'a', from = '${iso(start)}', to = '${iso(at(voided))}'`;
      return (await ask<{ id: string }>(`SELECT id FROM fills${reading}(${range}) ORDER BY sequence`)).map(
        ({ id }) => id,
      );
    };
    assert.deepEqual(await fills(''), ['2', '3']);
    assert.deepEqual(await fills('_as_recorded'), ['1', '2', '3', 'v']);
  });

  const lookups = ['symbol', 'quantity', 'cost', 'market_value', 'unrealized', 'realized'] as const;
  /** A view's positions, those that are nothing left out. */
  const known = (rows: readonly Record<string, unknown>[], names: readonly string[]): unknown[] =>
    rows
      .map((row) => names.map((name) => String(row[name])))
      .filter(([, ...figures]) => figures.some((figure) => figure !== '0'))
      .sort();
  const live = ['symbol', 'quantity', 'cost_basis', 'market_value', 'unrealized_pnl', 'realized_pnl'];
  const inspected = (view: Record<string, unknown> | undefined, names = live): unknown[] =>
    known((view?.['positions'] ?? []) as Record<string, unknown>[], names);
  const heldCash = (cash: unknown): unknown[] =>
    Object.entries((cash ?? {}) as Record<string, number>)
      .filter(([, amount]) => amount !== 0)
      .sort();
  const accountAt = async (account: string, at: number, reading = '') => {
    const view = `account_at${reading}(account_id = '${account}', at = '${iso(at)}')`;
    return (await ask<Record<string, unknown>>(`SELECT * FROM ${view}`))[0];
  };
  const figure = (view: Record<string, unknown> | undefined, name: string): number =>
    Number(view?.[name] ?? 0);

  /** The ledger at a witness's time had it never seen what was voided later. */
  const without = (
    voided: ReadonlySet<string>,
    applied: ReadonlySet<Step>,
    steps: readonly Step[],
    accounts: readonly string[],
    until: number,
    options: object,
  ): Witness | undefined => {
    const bench = new LedgerBench({ ...options, eventsHaveTime: true });
    for (const [symbol, fields] of Object.entries(instruments)) bench.instrument(symbol, fields);
    const isLeft = (step: Step): boolean => {
      if (step.step !== 'event') return true;
      const [area = '', account = ''] = step.subject.split('.');
      // The id of a void may have stood in the way of another event.
      const isVoid = step.message['type'] === 'void';
      return applied.has(step) && !isVoid && !voided.has(`${area}.${account}.${String(step.message['id'])}`);
    };
    // What is left out takes its time all the same.
    return play(bench, steps, accounts, isLeft).find(({ time }) => time === until);
  };

  for (const [seed, resolutionMs, isLocal] of [
    [11, 0, false],
    [12, 1000, false],
    [13, 0, true],
  ] as const) {
    const what = isLocal ? 'of one currency' : 'of several currencies';
    it(`over a random history ${what} is what the ledger says, rows every ${resolutionMs} ms, voids included`, async () => {
      const accounts = ['a', 'b'];
      const shape = { accounts, minLength: 220, maxLength: 220, hasVoids: true };
      const [drawn = []] = fc.sample(histories(shape), { seed, numRuns: 1 });
      const isKept = (step: Step): boolean => !isLocal || isOfOneCurrency(step);
      const steps: Step[] = [...drawn.filter(isKept), tick];
      const options = { fromSettlements: 'never' } as const;
      const bench = benchOf(resolutionMs, options);
      const applied = new Set<Step>();
      const witnesses = play(bench, steps, accounts, undefined, applied);
      await bench.insertInto(sink);
      const moments = fc.sample(fc.constantFrom(...witnesses.slice(5)), { seed, numRuns: 2 });
      for (const account of accounts) {
        for (const { time, figures } of moments) {
          const view = figures.get(account);
          const recorded = await positions(account, time, '_as_recorded');
          assert.deepEqual(known(recorded, lookups), inspected(view), `${account} at ${iso(time)}`);
          assert.deepEqual(
            known(recorded, ['symbol', 'realized_base']),
            inspected(view, ['symbol', 'realized_pnl_base']),
          );
          assert.deepEqual(
            heldCash((await accountAt(account, time, '_as_recorded'))?.['cash']),
            heldCash(view?.['cash']),
          );
          const clean = without(bench.voided, applied, steps, accounts, time, options)?.figures.get(account);
          assert.deepEqual(
            known(await positions(account, time), lookups),
            inspected(clean),
            `${account}, corrected`,
          );
          assert.deepEqual(heldCash((await accountAt(account, time))?.['cash']), heldCash(clean?.['cash']));
        }
        for (const [i, from] of moments.entries()) {
          const to = moments[(i + 1) % moments.length];
          if (to === undefined || to.time <= from.time) continue;
          await explains(account, from, to, resolutionMs, isLocal);
        }
      }
      assert.ok(bench.voided.size > 5, `${bench.voided.size} voids`);
    });
  }

  const explains = async (
    account: string,
    from: Witness,
    to: Witness,
    resolutionMs: number,
    isLocal: boolean,
  ): Promise<void> => {
    const rows = await attribution(account, from.time + 1, to.time + 1, '_as_recorded');
    const [before, after] = await Promise.all(
      [from, to].map(({ time }) => accountAt(account, time, '_as_recorded')),
    );
    const change = (name: string): number => figure(after, name) - figure(before, name);
    const amounts = new Map(rows.map(({ source, amount }) => [source, amount]));
    assert.equal(sum(rows), change('total_equity'), 'the change of equity');
    assert.equal(amounts.get('other'), undefined);
    assert.equal(amounts.get('flow'), change('net_flow'));
    assert.equal(amounts.get('fees'), 0 - change('fees'));
    assert.equal(amounts.get('income'), change('income'));
    if (isLocal) assert.equal(amounts.get('fx'), 0);
    // A row of a second is of its last tick: only without periods is every witness one.
    if (resolutionMs > 0) return;
    const [was, is] = [from.figures.get(account), to.figures.get(account)];
    assert.equal(figure(after, 'total_equity'), figure(is, 'total_equity'));
    assert.equal(amounts.get('fx'), figure(is, 'fx_pnl') - figure(was, 'fx_pnl'));
    const ofSymbols = rows.filter(({ kind }) => kind === 'symbol');
    const realized = ofSymbols.reduce((total, row) => total + row.realized, 0);
    assert.equal(realized, figure(is, 'realized_pnl') - figure(was, 'realized_pnl'));
  };

  const isOfOneCurrency = (step: Step): boolean => {
    if (step.step === 'price') return !['EURUSD', 'USDJPY'].includes(step.symbol);
    if (step.step !== 'event') return true;
    const { symbol, type, base_currency, currency, to_currency, fee_currency } = step.message;
    const isLocalSymbol =
      symbol === undefined || (typeof symbol === 'string' && ['ACME', 'ES', 'COIN'].includes(symbol));
    const others = [base_currency, currency, to_currency, fee_currency];
    return (
      isLocalSymbol && type !== 'conversion' && others.every((each) => each === undefined || each === 'USD')
    );
  };
});
