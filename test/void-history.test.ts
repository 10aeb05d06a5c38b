/** The way of a void into the book: what came before it is applied, its account's past is read, and only then it comes. */
import assert from 'node:assert/strict';
import type { LedgerMessage } from '../src/domain/ledger-event.ts';
import { LedgerIntake } from '../src/ledger-intake.ts';
import { TickGate } from '../src/tick-gate.ts';
import { VoidHistory } from '../src/void-history.ts';
import { LedgerDecoder } from '../streams/codec/ledger-message.ts';
import { LedgerBench } from './support/ledger-bench.ts';

const startMs = Date.parse('2026-03-10T15:00:00Z');

class Way {
  readonly bench = new LedgerBench({ eventsHaveTime: true });
  /** `asked a 4`: the past of `a` up to 4; `applied 3`. */
  readonly told: string[] = [];
  readonly intake: LedgerIntake;
  private readonly decoder = new LedgerDecoder(this.bench.symbols);
  private readonly ledger: LedgerMessage[] = [];

  constructor() {
    const { bench, told, ledger } = this;
    const source = {
      lastSequence: () => Promise.resolve(ledger.length),
      ofAccount: async (account: string, through: number, take: (message: LedgerMessage) => void) => {
        told.push(`asked ${account} ${through}`);
        for (const message of ledger) {
          await Promise.resolve();
          if (message.account === account && message.sequence <= through) take(message);
        }
      },
    };
    const effects = {
      find: (sequence: number, index: number) => {
        told.push(`looked up ${sequence}.${index}`);
        return Promise.resolve(bench.records.get(`${sequence}.${index}`) ?? null);
      },
    };
    this.intake = new LedgerIntake({
      gate: new TickGate(source as never, {} as never, () => this.intake.applied),
      frames: { congested: false } as never,
      symbols: bench.symbols,
      describe: () => Promise.resolve(),
      voids: new VoidHistory(bench.book, source, effects, async () => {
        await Promise.resolve();
        told.push('settled');
      }),
      deliver: (batch) => {
        for (const message of batch) {
          told.push(`applied ${message.sequence}`);
          bench.book.apply(bench.book.accounts.find(message.account), message, bench);
        }
      },
      relieve: () => Promise.resolve(),
      isFull: () => false,
    });
  }

  /** One batch, as LEDGER would hand it out. */
  async take(...messages: readonly (readonly [subject: string, content: object])[]): Promise<void> {
    const batch = messages.map(([subject, content]) => {
      const sequence = this.ledger.length + 1;
      const payload = Buffer.from(JSON.stringify(content));
      const message = this.decoder.decode(Buffer.from(subject), payload, sequence, startMs + sequence);
      this.ledger.push(message);
      return message;
    });
    await this.intake.take(batch);
  }
}

const fill = (id: string, price: number): [string, object] => [
  'settlements.a',
  { id, symbol: 'ACME', side: 'buy', quantity: 100, price },
];
const deposit = (account: string, id: string): [string, object] => [
  `cash.${account}`,
  { id, type: 'deposit', amount: 2_000_000 },
];
const undo = (of: string): [string, object] => ['settlements.a', { id: `void-${of}`, type: 'void', of }];

describe('a void on its way into the book', () => {
  it('comes after everything before it, with the past of its account', async () => {
    const way = new Way();
    await way.take(deposit('a', 'd1'), deposit('b', 'd1'), fill('f1', 50), undo('f1'), fill('f2', 60));
    assert.deepEqual(way.told, [
      ...['applied 1', 'applied 2', 'applied 3'],
      // Only what is published can be looked up.
      ...['asked a 3', 'settled', 'looked up 3.0', 'applied 4', 'applied 5'],
    ]);
    assert.equal(way.bench.inspect('a')?.['cash_balance'], 1_400_000);
    assert.equal(way.intake.applied, 5);
  });

  it('needs the past again when the event comes for which it waits', async () => {
    const way = new Way();
    await way.take(undo('f1'), deposit('b', 'd1'));
    await way.take(deposit('a', 'd1'), fill('f1', 50), fill('f2', 60));
    assert.deepEqual(way.told, [
      ...['asked a 0', 'settled', 'applied 1', 'applied 2', 'applied 3'],
      // Its record need not be looked up: it is made by the message at hand.
      ...['asked a 3', 'settled', 'applied 4', 'applied 5'],
    ]);
    assert.equal(way.bench.inspect('a')?.['cash_balance'], 1_400_000);
  });

  it('is no matter of others: a batch without one is applied whole', async () => {
    const way = new Way();
    await way.take(deposit('a', 'd1'), fill('f1', 50));
    await way.take(fill('f2', 60), deposit('b', 'd1'));
    assert.deepEqual(way.told, ['applied 1', 'applied 2', 'applied 3', 'applied 4']);
  });

  it('that came before is not asked about again when LEDGER hands it out twice', async () => {
    const way = new Way();
    await way.take(deposit('a', 'd1'), fill('f1', 50), undo('f1'));
    const before = way.bench.inspect('a');
    way.told.length = 0;
    await way.intake.take(way['ledger']);
    assert.deepEqual(way.told, ['applied 1', 'applied 2', 'applied 3']);
    assert.deepEqual(way.bench.inspect('a'), before);
  });
});
