/**
 * A story told twice, as it came and as it should have been, of which the first is in ClickHouse row by row, and the
 * real corrector corrects it there: what it publishes comes back as an event of the ledger. Owns sequences, times and
 * the waiting; knows no figure.
 */
import assert from 'node:assert/strict';
import { pendingCorrections } from '../../src/analytics/corrections/pending.ts';
import { connectReader, type Reader } from '../../src/analytics/corrections/select.ts';
import type { ClickHouseTarget } from '../../src/analytics/migrate.ts';
import { startCorrector, type Corrector } from '../../src/corrector.ts';
import type { RebaseEvent } from '../../src/domain/ledger-event.ts';
import { systemClock } from '../../src/system-clock.ts';
import { rebasePayload } from '../../streams/codec/rebase-payload.ts';
import type { ClickHouseSink } from '../../streams/sinks/clickhouse.ts';
import { silentLog } from '../streams/support/silent-log.ts';
import type { LedgerBench } from './ledger-bench.ts';
import { RecordedBench } from './recorded-bench.ts';
import { TwiceToldStory } from './twice-told-story.ts';
import { until } from './until.ts';
import { walkSettings } from './walk-settings.ts';

export type Figures = Readonly<Record<string, unknown>>;

/** How accounts stood just after a tick, by account: as it came, and as it should have been. */
export interface Moment {
  readonly time: number;
  readonly told: ReadonlyMap<string, Figures>;
  readonly meant: ReadonlyMap<string, Figures>;
}

export class RebasedStory extends TwiceToldStory<RecordedBench> {
  readonly moments: Moment[] = [];
  now: number;
  rebases = 0;
  private readonly accounts: readonly string[];
  private readonly sink: ClickHouseSink;
  private readonly reader: Reader;
  private readonly corrector: Corrector;
  private readonly failures: string[] = [];

  constructor(
    target: ClickHouseTarget,
    sink: ClickHouseSink,
    shape: {
      readonly accounts: readonly string[];
      readonly instruments: Readonly<Record<string, object>>;
      readonly startMs: number;
      readonly mark?: 'mid' | 'exit';
    },
  ) {
    // Prices are the market's only: what is left out must not leave its price.
    const { mark = 'mid' } = shape;
    const options = { fromSettlements: 'never', mark, eventsHaveTime: true } as const;
    super(new RecordedBench(options, walkSettings.resolutionMs), options, shape.instruments);
    this.accounts = shape.accounts;
    this.now = shape.startMs;
    this.sink = sink;
    const tell = ({ error }: { readonly error?: unknown }): void => void this.failures.push(String(error));
    this.reader = connectReader(target);
    this.corrector = startCorrector({
      client: this.reader,
      target: { insert: (frame) => sink.insert(frame), close: () => Promise.resolve() },
      clock: systemClock,
      log: { ...silentLog(), warn: tell, error: tell },
      settings: { ...walkSettings, marksAtExit: mark === 'exit' },
      settleMs: 0,
      publish: (account, event) => this.rebase(account, event),
      lastFrame: () => Promise.resolve(0),
      framesDone: () => Promise.resolve(0),
    });
  }

  async stop(): Promise<void> {
    await this.corrector.stop();
    await this.reader.close();
  }

  tick(time: number): void {
    this.now = time;
    for (const bench of this.benches) bench.tick(time);
    const figuresOf = (bench: LedgerBench): ReadonlyMap<string, Figures> =>
      new Map(this.accounts.map((id) => [id, bench.inspect(id) ?? {}]));
    this.moments.push({ time, told: figuresOf(this.told), meant: figuresOf(this.meant) });
  }

  /** What the corrector says becomes an event of the account, and a tick shows it. */
  private async rebase(account: string, event: RebaseEvent): Promise<number> {
    const text = Buffer.from(rebasePayload(event)).toString();
    this.now += 5;
    const sequence = ++this.sequence;
    const verdicts = this.told.applyText(`accounts.${account}`, text, sequence, this.now);
    assert.deepEqual(verdicts, [{ applied: true }], text);
    this.rebases++;
    this.now += 5;
    this.tick(this.now);
    await this.told.insertInto(this.sink);
    return sequence;
  }

  /** Everything so far is in ClickHouse, and no account has anything to correct. */
  async corrected(): Promise<void> {
    await this.told.insertInto(this.sink);
    this.corrector.look();
    const isDone = async (): Promise<boolean> => {
      if (this.failures.length > 0) throw new Error(this.failures[0]);
      return (await pendingCorrections(this.reader)).length === 0;
    };
    await until(isDone, { what: 'history to be corrected', timeoutMs: 60_000, pollMs: 50 });
  }
}
