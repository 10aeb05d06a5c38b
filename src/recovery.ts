/**
 * Brings a new owner to where the last one was: accounts from the changelog, the ledger behind the checkpoint applied
 * as it was valued the first time, the curve's last rows, the last prices. Trusts nothing that it has not checked: a
 * ledger that is not the one the checkpoint is of ends the start with a sentence.
 */
import { limits } from '../config/limits.ts';
import type { Config } from '../config/load.ts';
import type { PriceConflater } from '../streams/operators/conflate-prices.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { CurveWriter } from './curve-writer.ts';
import type { Effect } from './domain/effect.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { Checkpoint, FramedLate, RecordedPrice } from './domain/recorded.ts';
import type { Book } from './ledger/book.ts';
import type { LedgerIntake } from './ledger-intake.ts';
import type { Outcomes } from './outcomes.ts';
import type { RecoveryProgress } from './domain/engine-stats.ts';
import type { LedgerBounds, Ports } from './ports.ts';
import { RecordedEffects } from './recorded-effects.ts';
import { offerRecorded } from './recorded-marks.ts';
import type { Ticker } from './ticker.ts';
import type { TickGate } from './tick-gate.ts';

export interface RecoveryParts {
  readonly ports: Ports;
  readonly config: Config;
  readonly book: Book;
  readonly instruments: InstrumentTable;
  readonly conflater: PriceConflater;
  readonly gate: TickGate;
  readonly intake: LedgerIntake;
  readonly outcomes: Outcomes;
  readonly checkpointer: Checkpointer;
  readonly ticker: Ticker;
  readonly curve: CurveWriter;
  /** The changelog is read: its accounts are in the book. */
  readonly loaded: (checkpoint: Checkpoint | null) => void;
  /** The marks are back: accounts that waited for them are made anew. */
  readonly rebuildPostponed: (retell: (effect: Effect) => void) => Promise<void>;
}

export interface Recovered {
  readonly checkpoint: Checkpoint | null;
  readonly ledgerCreated: string;
  /** LEDGER sequence up to which everything had been applied and told. */
  readonly through: number;
}

export class Recovery {
  private phase = 'changelog';
  private through = 0;
  private readonly parts: RecoveryParts;
  private readonly marks = new Map<string, RecordedPrice>();
  private readonly effects = new RecordedEffects();

  constructor(parts: RecoveryParts) {
    this.parts = parts;
  }

  /** What it is doing, for whoever asks while it lasts. */
  get progress(): RecoveryProgress {
    const { book, intake } = this.parts;
    const { phase, through } = this;
    return { phase, accounts: book.accounts.count, sequence: intake.applied, through };
  }

  /** Leaves the ledger held behind what was recorded, until `goOn`: what comes next is valued at marks that are back. */
  async run(): Promise<Recovered> {
    const { ports, book, gate, intake, outcomes, config } = this.parts;
    const { history, ledger, log } = ports;
    const checkpoint = await this.loadChangelog();
    this.parts.loaded(checkpoint);
    const bounds = await ledger.bounds();
    requireSameLedger(checkpoint, bounds, config.partitions);
    const from = checkpoint?.sequence ?? 0;
    this.phase = 'effects';
    await ports.effects.read(checkpoint?.effectsFrom ?? 1, (effect) => {
      this.effects.add(effect);
    });
    this.phase = 'frames';
    const sought = { late: this.effects.hasLate, strays: this.effects.strayPlaces };
    await history.load(checkpoint?.framesFrom ?? 1, sought);
    const through = Math.max(from, this.effects.through, history.framedThrough);
    // Who was stopped until another one owned the partition has read what that one wrote: LEDGER is asked once more.
    if (bounds.last < through) requireThrough(await ledger.bounds(), through);
    this.through = through;
    log.info({ accounts: book.accounts.count, from, through }, 'the past is read');

    this.phase = 'ledger';
    outcomes.recallPast((sequence, index) => history.isFramed(sequence, index));
    const curveTick = book.past.begin(this.effects, history.curves, this.retell);
    book.past.unwritten((row) => {
      ports.frames.curve(row);
    });
    history.forgetCurves();
    this.parts.ticker.tick = this.lastTick(checkpoint, curveTick);
    book.past.expect(this.effects.count);
    book.past.late(this.effects.lateOfAll());
    gate.holdAt(through);
    intake.applied = from;
    intake.lookedUpThrough = through;
    await ledger.open(from + 1, (batch) => intake.take(batch));
    await intake.appliedThrough(Math.min(through, await ledger.lastSequence()));
    // What is beyond that was deleted from the ledger.
    intake.applied = Math.max(intake.applied, through);
    await this.recallPeriods(checkpoint?.framesFrom ?? 1);
    book.past.end();
    this.effects.forget();
    return { checkpoint, ledgerCreated: bounds.created, through };
  }

  /** The marks that are known, oldest knowledge first: those of the changelog, then what PRICES held, then what came. */
  async mark(): Promise<void> {
    const { ports, book, conflater, instruments, outcomes, checkpointer, curve } = this.parts;
    this.phase = 'prices';
    offerRecorded(this.marks.values(), instruments, conflater);
    this.marks.clear();
    await ports.prices.open(conflater, outcomes.refuse);
    const changes = conflater.take();
    // No tick, so no time: sessions roll before a tick is marked, and marks of after a cut-over may be all there are.
    book.beginTick(NaN, changes, () => undefined);
    // No tick tells of these marks, and PRICES may have lost them before the next start.
    checkpointer.ticked(changes);
    curve.recovered(changes);
    book.past.quiet();
    outcomes.marksAreBack();
    await this.parts.rebuildPostponed(this.retell);
    ports.history.forget();
    this.phase = 'tail';
  }

  /** A late booking of the past is made again. */
  private readonly retell = (effect: Effect): void => {
    const { ports, outcomes } = this.parts;
    outcomes.bookedLateAgain(effect, ports.history.isLateFramed(framedLate(effect)));
  };

  /** Above this no tick was given out. Ticks that come from outside reserve none: then it is the last that is known. */
  private lastTick(checkpoint: Checkpoint | null, curveTick: number): number {
    const { ports, book } = this.parts;
    const last = Math.max(book.tick, this.effects.tick, curveTick);
    return ports.ticks === null ? Math.max(last, checkpoint?.tickCeiling ?? 0) : last;
  }

  private async loadChangelog(): Promise<Checkpoint | null> {
    const { book, checkpointer, ports } = this.parts;
    let checkpoint = await this.readChangelog();
    for (let again = 1; ; again++) {
      try {
        book.endRestore();
        break;
      } catch (error) {
        // A former owner that had a state under way may have written it, and its page, between the two readings.
        if (again === limits.changelogReadingsMax) throw error;
        ports.log.warn(
          { error: String(error) },
          'the changelog changed while it was read, and is read again',
        );
        checkpoint = await this.readChangelog();
      }
    }
    for (let row = 0; row < book.accounts.count; row++) checkpointer.notePages(row, book.idPageCount(row));
    return checkpoint;
  }

  /** Most starts find no account that waits for a rebase, and read frames once. */
  private async recallPeriods(from: number): Promise<void> {
    const { ports, book } = this.parts;
    const { pending } = book.past;
    if (pending.size === 0) return;
    await ports.history.periods(from, pending, (period) => {
      book.past.sawPeriod(period);
    });
  }

  private readChangelog(): Promise<Checkpoint | null> {
    const { ports, book } = this.parts;
    return ports.changelog.load({
      account: (_, state) => {
        book.restore(state);
      },
      ids: (account, slot, page) => {
        book.restoreIds(account, slot, page);
      },
      mark: (mark) => {
        const known = this.marks.get(mark.symbol);
        // Of a symbol that stands in two chunks, since its number was another at another start, the newer one.
        if (known === undefined || Number.isNaN(known.time) || mark.time >= known.time)
          this.marks.set(mark.symbol, mark);
      },
    });
  }
}

/** Servers move a start sequence that they no longer have without a word, and a stream can be made anew. */
function requireSameLedger(checkpoint: Checkpoint | null, bounds: LedgerBounds, partitions: number): void {
  const first = Math.max(1, bounds.first);
  if (checkpoint === null) {
    if (first > 1) throw new LostLedger(`LEDGER begins at ${String(first)} and there is no checkpoint: its messages 1 to ${String(first - 1)} are lost`); // prettier-ignore
    return;
  }
  const { sequence, ledgerCreated } = checkpoint;
  if (checkpoint.partitions !== partitions) {
    throw new LostLedger(
      `the changelog is of ${String(checkpoint.partitions)} partitions, partitions is ${String(partitions)}: ` +
        'set it to what it was',
    );
  }
  if (ledgerCreated !== bounds.created) {
    throw new LostLedger(
      `LEDGER was created at ${bounds.created}, but the changelog is of a LEDGER created at ${ledgerCreated}: ` +
        `its messages 1 to ${String(sequence)} are lost, or this is the changelog of another cluster. ` +
        'Restore that stream, or remove the bucket ACCOUNTS and the streams EFFECTS and FRAMES to begin with this one',
    );
  }
  if (first > sequence + 1) {
    throw new LostLedger(
      `LEDGER begins at ${String(first)}, but the checkpoint is at ${String(sequence)}: ` +
        `its messages ${String(sequence + 1)} to ${String(first - 1)} are lost`,
    );
  }
  requireThrough(bounds, sequence);
}

function requireThrough(bounds: LedgerBounds, through: number): void {
  if (bounds.last >= through) return;
  throw new LostLedger(
    `LEDGER ends at ${String(bounds.last)}, but effects up to ${String(through)} are recorded: ` +
      `its messages ${String(bounds.last + 1)} to ${String(through)} are lost`,
  );
}

/** The ledger no longer has what everything else was made of. */
export class LostLedger extends Error {}

function framedLate({ accountId, sequence, recordedTick, currency, event }: Effect): FramedLate {
  const amount = event.kind === 'booked' ? event.amount : NaN;
  return { account: accountId, sequence, tick: recordedTick, currency, amount };
}
