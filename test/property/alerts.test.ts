/**
 * Whatever an account's ledger is, and wherever owners of the partition are killed: the stream has the alerts that one
 * owner alone would have written; and where messages to the stream were lost with their owner, what stands is true.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lifecycleStates } from '../../src/domain/lifecycle.ts';
import { AlertBench, AlertStream } from '../support/alert-bench.ts';

interface Event {
  readonly subject: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An owner's end: how many events it applied, how many of these the snapshots have that its successor starts from. */
interface Crash {
  readonly applied: number;
  readonly kept: number;
  /** Of its last messages to the stream, which were lost. */
  readonly lost: readonly boolean[];
}

const account = fc.constantFrom('a', 'b');
const amount = fc.integer({ min: 1, max: 100 });
const currency = fc.constantFrom('USD', 'EUR');
const sequence = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ account, type: fc.constantFrom('deposit', 'withdrawal', 'fee'), amount, currency }).map(({ account: of, ...body }) => ({ subject: `cash.${of}`, body })) },
  { weight: 4, arbitrary: fc.record({ account, side: fc.constantFrom('buy', 'sell'), quantity: amount, fee: amount, fee_currency: currency, sequence }).map(({ account: of, ...body }) => ({ subject: `settlements.${of}`, body: { symbol: 'XYZ', price: '0.01', ...body } })) },
  { weight: 1, arbitrary: fc.record({ account, type: fc.constantFrom('suspend', 'resume') }).map(({ account: of, ...body }) => ({ subject: `accounts.${of}`, body })) },
); // prettier-ignore
const ledger = fc.array(event, { minLength: 1, maxLength: 40 });
const crashes = fc.array(
  fc.record({ applied: fc.nat(40), kept: fc.nat(40), lost: fc.array(fc.boolean(), { maxLength: 5 }) }),
  { maxLength: 4 },
);

/** Events `from` to `to` of the ledger; LEDGER sequences begin at 1. */
function apply(bench: AlertBench, events: readonly Event[], from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const { subject, body } = events[i]!;
    bench.apply(subject, { id: `e${i}`, ...body }, i + 1, i + 1);
  }
}

function snapshots(bench: AlertBench): Uint8Array[] {
  return Array.from({ length: bench.book.accounts.count }, (_, row) => bench.book.snapshot(row));
}

/** One owner after another; the last one applies the whole ledger. */
async function run(events: readonly Event[], ends: readonly Crash[], isLossy: boolean): Promise<AlertBench> {
  const stream = new AlertStream();
  let bench = new AlertBench({ eventsHaveTime: true }, stream);
  let from = 0;
  for (const { applied, kept, lost } of ends) {
    const end = Math.min(events.length, from + applied);
    const checkpoint = Math.min(end, from + kept);
    apply(bench, events, from, checkpoint);
    const states = snapshots(bench);
    apply(bench, events, checkpoint, end);
    if (isLossy) stream.lose(lost);
    bench = new AlertBench({ eventsHaveTime: true }, stream);
    for (const state of states) bench.book.restore(state);
    bench.book.endRestore();
    apply(bench, events, checkpoint, end);
    await bench.recover();
    from = end;
  }
  apply(bench, events, from, events.length);
  return bench;
}

/** `account currency` of what is overdrawn, `account` of what is suspended, as the book has it. */
function truth({ book }: AlertBench): string[] {
  const found: string[] = [];
  book.eachOverdraft((row, owed) => found.push(`${book.accounts.ids[row] ?? ''} ${owed}`));
  book.accounts.ids.forEach((id, row) => {
    if (book.accounts.lifecycle[row] === lifecycleStates.indexOf('suspended')) found.push(`${id} suspended`);
  });
  return found.sort();
}

async function standing({ stream }: AlertBench): Promise<string[]> {
  const raised = await stream.raised();
  return raised
    .filter(({ kind, details }) => kind === 'overdraft' || details['reason'] === 'suspended')
    .map(({ account: of, details }) => `${of} ${String(details['currency'] ?? details['reason'])}`)
    .sort();
}

describe('alerts over any number of owners', function () {
  this.timeout(60_000);
  it('are those of one owner, in its order, each once', async () => {
    await fc.assert(
      fc.asyncProperty(ledger, crashes, async (events, ends) => {
        // A source's numbers begin anew with each owner.
        const lasting = (bench: AlertBench): string[] =>
          bench.stream.lines.filter((line) => !line.startsWith('sequence_gap'));
        const alone = await run(events, [], false);
        assert.deepEqual(lasting(await run(events, ends, false)), lasting(alone));
        assert.deepEqual(await standing(alone), truth(alone));
      }),
      { numRuns: 300 },
    );
  });

  it('stand for what is so, though messages were lost with their owner', async () => {
    await fc.assert(
      fc.asyncProperty(ledger, crashes, async (events, ends) => {
        const last = await run(events, ends, true);
        assert.deepEqual(await standing(last), truth(last));
      }),
      { numRuns: 300 },
    );
  });
});
