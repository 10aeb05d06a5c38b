import assert from 'node:assert/strict';
import { AlertBench, AlertStream, nowMs } from '../support/alert-bench.ts';

/** Events of an account's ledger, each with the time of its sequence. */
function applyAll(bench: AlertBench, events: readonly (readonly [string, object])[], from = 1): void {
  events.forEach(([subject, event], i) => {
    const verdict = bench.apply(subject, { id: `e${from + i}`, ...event }, from + i, from + i);
    assert.deepEqual(verdict, { applied: true });
  });
}

const deposit = (amount: number, currency = 'USD') =>
  ['cash.7', { type: 'deposit', amount, currency }] as const;
const withdrawal = (amount: number, currency = 'USD') =>
  ['cash.7', { type: 'withdrawal', amount, currency }] as const;
const fill = (side: string, price: string, more: object = {}) =>
  ['settlements.7', { symbol: 'XYZ', side, quantity: '10', price, ...more }] as const;

describe('an overdraft', () => {
  it('by a withdrawal is applied, raised once, and cleared once by what pays it back', () => {
    const bench = new AlertBench({ eventsHaveTime: true });
    applyAll(bench, [
      deposit(1_000),
      withdrawal(1_500),
      withdrawal(100),
      deposit(599),
      deposit(1),
      deposit(5),
    ]);
    assert.deepEqual(bench.stream.lines, ['overdraft 7 USD-2-0 raised', 'overdraft 7 USD-2-0 cleared']);
    const [raised, cleared] = bench.stream.kept;
    assert.deepEqual(raised, {
      kind: 'overdraft',
      account: '7',
      id: 'USD-2-0',
      state: 'raised',
      severity: 'warning',
      message: 'cash in USD is below zero: -500 minor units',
      details: { currency: 'USD', cash: -500, event: 'withdrawal', event_id: 'e2', sequence: 2, index: 0 },
      timestamp: 2,
    });
    assert.deepEqual([cleared!.severity, cleared!.timestamp], ['info', 5]);
    assert.equal(bench.inspect('7')!['cash_balance'], 5);
  });

  it('by a fill, by its fee, and by a fee of its own is raised in the currency concerned', () => {
    const bench = new AlertBench({ eventsHaveTime: true });
    applyAll(bench, [
      deposit(10_000),
      fill('buy', '10', { fee: 3, fee_currency: 'EUR' }),
      fill('buy', '1'),
      ['cash.7', { type: 'fee', amount: 5, currency: 'GBP' }],
      fill('sell', '1'),
    ]);
    assert.deepEqual(bench.stream.lines, [
      'overdraft 7 EUR-2-0 raised',
      'overdraft 7 USD-3-0 raised',
      'overdraft 7 GBP-4-0 raised',
      'overdraft 7 USD-3-0 cleared',
    ]);
  });

  it('that a void brings about, or undoes, is raised and cleared by it', () => {
    const bench = new AlertBench({ eventsHaveTime: true });
    applyAll(bench, [
      deposit(1_000),
      withdrawal(900),
      ['cash.7', { type: 'void', of: 'e1' }],
      deposit(2_000),
    ]);
    assert.deepEqual(bench.stream.lines, ['overdraft 7 USD-3-0 raised', 'overdraft 7 USD-3-0 cleared']);
    assert.equal(bench.stream.kept[0]!.details['event'], 'void');
  });

  it('within one event that ends above zero, or in zero exactly, is none', () => {
    const bench = new AlertBench({ eventsHaveTime: true });
    applyAll(bench, [
      deposit(100),
      withdrawal(100),
      ['cash.7', { type: 'conversion', amount: 50, currency: 'USD', to_currency: 'USD', to_amount: 60 }],
    ]);
    assert.deepEqual(bench.stream.lines, []);
  });

  it('of elements of one array has an id for each', () => {
    const bench = new AlertBench({ eventsHaveTime: true });
    const events = [withdrawal(5), deposit(5), withdrawal(7)].map(([, event], i) => ({
      id: `a${i}`,
      ...event,
    }));
    bench.applyText('cash.7', JSON.stringify(events), 4, 4);
    assert.deepEqual(bench.stream.lines, [
      'overdraft 7 USD-4-0 raised',
      'overdraft 7 USD-4-0 cleared',
      'overdraft 7 USD-4-2 raised',
    ]);
  });

  const history = [deposit(1_000), withdrawal(1_500), deposit(700), withdrawal(300)];

  it('is the same one at a replay of the ledger, by whoever replays it', async () => {
    const stream = new AlertStream();
    for (let owner = 0; owner < 3; owner++) {
      const bench = new AlertBench({ eventsHaveTime: true }, stream);
      applyAll(bench, history);
      await bench.recover();
    }
    assert.deepEqual(stream.lines, [
      'overdraft 7 USD-2-0 raised',
      'overdraft 7 USD-2-0 cleared',
      'overdraft 7 USD-4-0 raised',
    ]);
  });

  it('raised before a restart from a snapshot is not raised again, and is cleared under its id', async () => {
    const before = new AlertBench({ eventsHaveTime: true });
    applyAll(before, history);
    const after = new AlertBench({ eventsHaveTime: true }, before.stream);
    after.book.restore(before.book.snapshot(0));
    for (const { slot, page } of before.book.idPages(0)) after.book.restoreIds('7', slot, page);
    after.book.endRestore();
    await after.recover();
    assert.equal(after.stream.kept.length, 3);
    applyAll(after, [deposit(1_000)], 5);
    assert.equal(after.stream.lines.at(-1), 'overdraft 7 USD-4-0 cleared');
    assert.equal(after.stream.kept.length, 4);
  });

  it('of which the alert was lost with its owner is raised by the next; one that is over is cleared', async () => {
    const stream = new AlertStream();
    const owner = new AlertBench({ eventsHaveTime: true }, stream);
    applyAll(owner, [deposit(1_000), withdrawal(1_500, 'EUR')]);
    const next = new AlertBench({ eventsHaveTime: true }, stream);
    const unseen = new AlertStream();
    const lost = new AlertBench({ eventsHaveTime: true }, unseen);
    applyAll(lost, [deposit(1_000), withdrawal(1_500, 'EUR'), deposit(2_000, 'EUR'), withdrawal(2_000)]);
    next.book.restore(lost.book.snapshot(0));
    next.book.endRestore();
    await next.recover();
    assert.deepEqual(stream.lines, [
      'overdraft 7 EUR-2-0 raised',
      'overdraft 7 USD-4 raised',
      'overdraft 7 EUR-2-0 cleared',
    ]);
    assert.equal(stream.kept[1]!.timestamp, nowMs);
  });
});
