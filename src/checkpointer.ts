/**
 * Keeps the changelog: the state of each account that something durable changed, in passes of bounded slices, and after
 * each pass a checkpoint that says how far recovery need not look. Nothing is written before the effects that led to it,
 * and the rows of the curve that told it, are in acknowledged frames; no checkpoint before all it vouches for is acknowledged.
 */
import { limits } from '../config/limits.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { PriceChanges } from './domain/price-change.ts';
import { changelogFormat, type Checkpoint } from './domain/recorded.ts';
import type { Book } from './ledger/book.ts';
import type { IdPageBytes } from './ledger/snapshot.ts';
import { DirtyRows } from './dirty-rows.ts';
import { HeldAccounts } from './held-accounts.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { Fenced } from './ports.ts';
import type { Cancel, Ports } from './ports.ts';
import type { Ticker } from './ticker.ts';

export interface CheckpointerParts {
  readonly ports: Ports;
  readonly book: Book;
  readonly instruments: InstrumentTable;
  readonly ticker: Ticker;
  readonly partitions: number;
  /** Config `checkpoint.interval_ms`. */
  readonly intervalMs: number;
  /** Within this at most every account is written once, changed or not; sooner where there are few. */
  readonly refreshMsMax: number;
  /** Rows of accounts that failed and take no events: they are not written, and no checkpoint vouches for more. */
  readonly stopped: () => ReadonlySet<number>;
  /** Writing has become impossible: another process owns the partition. */
  readonly fail: (error: unknown) => void;
}

/** What a pass found when it began. */
interface Marker {
  readonly through: number;
  readonly effectsFrom: number;
  readonly effectRows: number;
  /** Accounts that take no events, and are written as they stand. */
  readonly held: readonly string[];
  /** No other account had failed: what is written now is all there is. */
  readonly isWhole: boolean;
  /** When what was refused until then is in DEAD_LETTERS: those messages are not read again. */
  readonly letters: Promise<void>;
}

interface Snapshot {
  readonly row: number;
  readonly account: string;
  readonly state: Uint8Array;
  /** Pages of ids that the state names and the changelog does not have. */
  readonly pages: readonly IdPageBytes[];
}

export class Checkpointer {
  private readonly parts: CheckpointerParts;
  private readonly dirty = new DirtyRows();
  /** By account row: how many of its pages of ids are in the changelog. */
  private readonly pagesSaved: number[] = [];
  private readonly pace: CheckpointPace;
  private readonly marks: MarkKeeper;
  private readonly held = new HeldAccounts<Snapshot>();
  private last: Checkpoint | null = null;
  private ledgerCreated = '';
  /** Row at which the refreshing of all accounts goes on, and where FRAMES stood when it began. */
  private cursor = 0;
  private cycleFrom = 1;
  private framesFrom = 1;
  /** No account had failed since the refreshing began. */
  private isCycleWhole = true;
  private waiting: { readonly isMet: () => boolean; readonly go: () => void }[] = [];
  private running: Promise<void> | null = null;
  private saves = 0;
  private isEnding = false;
  private timers: readonly Cancel[] = [];

  constructor(parts: CheckpointerParts) {
    this.parts = parts;
    this.pace = new CheckpointPace(parts.ports);
    this.marks = new MarkKeeper(parts.ports.changelog, parts.book, parts.instruments);
  }

  /** Where the last owner left off, or this one by now. */
  resume(last: Checkpoint | null): void {
    this.last = last;
  }

  /** Position in the effect log behind what is in the states of accounts. */
  get effectsFrom(): number {
    return this.last?.effectsFrom ?? 1;
  }

  /** LEDGER sequence from which a recovery would begin. */
  get sequence(): number {
    return this.last?.sequence ?? 0;
  }

  /** Accounts changed and not yet written. */
  get pending(): number {
    return this.dirty.count;
  }

  /** Something durable of the account changed: by a ledger event, or by a booking at a tick. */
  note(row: number): void {
    this.dirty.note(row);
  }

  /** The account takes no more events until the next start, which begins with it as it stands now. */
  hold(row: number): void {
    this.held.add(row, this.snapshot(row));
  }

  /** Of a restored account: the changelog has these pages. */
  notePages(row: number, count: number): void {
    this.pagesSaved[row] = count;
  }

  /** A tick is told; its marks are to be kept. */
  ticked(changes: PriceChanges): void {
    this.marks.note(changes);
    this.wake();
  }

  /** Begins: ticks are reserved before the first one is given out. `last`: where this owner's recovery began. */
  async start(last: Checkpoint | null, ledgerCreated: string, through: number): Promise<void> {
    const { ports, intervalMs } = this.parts;
    this.last = last;
    this.ledgerCreated = ledgerCreated;
    this.framesFrom = this.cycleFrom = last?.framesFrom ?? 1;
    const effectsFrom = last?.effectsFrom ?? 1;
    await this.save({
      through: last?.sequence ?? 0,
      effectsFrom,
      // Until all that came for them is in a state.
      held: last?.held ?? [],
      effectRows: 0,
      letters: Promise.resolve(),
      isWhole: true,
    });
    ports.log.debug({ from: this.sequence, through }, 'checkpoints begin');
    this.timers = [
      ports.clock.every(intervalMs, () => {
        this.wake();
        this.running ??= this.attempt(() => this.pass()).finally(() => (this.running = null));
      }),
      ports.clock.every(limits.ticksReservedMs / 4, () => void this.attempt(() => this.reserve())),
    ];
  }

  /**
   * The last checkpoint of this owner: every account as it is now, so that the next one need not read anything. Those of
   * which nothing changed but what prices did are left when that takes too long: frames have it, as after a pass.
   */
  async finish(): Promise<void> {
    const { ports, book, ticker } = this.parts;
    const deadline = ports.clock.now() + limits.checkpointFinishMsMax;
    for (const cancel of this.timers) cancel();
    this.isEnding = true;
    this.pace.hurry();
    for (const { go } of this.waiting.splice(0)) go();
    await this.running;
    await ports.frames.flush();
    await ports.deadLetters.settled();
    // In a frame that was refused, or still for a tick to tell: the next start frames them.
    const { effectsDurable, effectsWritten, curveDurable, curveWritten } = ports.frames;
    if (effectsDurable < effectsWritten || curveDurable < curveWritten)
      return this.marks.save(() => this.pace.rest());
    await this.held.save((state) => this.writeOne(state));
    const marker = this.marker();
    const { sequence } = book.accounts;
    // With ticks from outside an event may still wait for its tick: then its account is left as it was.
    const rows = Array.from({ length: book.accounts.count }, (_, row) => row);
    const settled = rows.filter((row) => (sequence[row] ?? 0) <= ticker.durableThrough);
    const changed = settled.filter((row) => this.dirty.has(row));
    const others = settled.filter((row) => !this.dirty.has(row));
    await this.saveAccounts(changed, () => false);
    const areAllWritten = await this.saveAccounts(others, () => ports.clock.now() > deadline);
    await this.marks.save(() => this.pace.rest());
    if (settled.length < rows.length) return;
    if (areAllWritten && marker.isWhole)
      this.framesFrom = Math.max(this.framesFrom, ports.frames.position + 1);
    await this.save(marker);
  }

  private async attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof Fenced) this.parts.fail(error);
      // What is refused otherwise is tried again with the next pass; until then recovery begins further back.
      else this.parts.ports.log.error({ error: String(error) }, 'the changelog could not be written');
    }
  }

  private async pass(): Promise<void> {
    const { frames } = this.parts.ports;
    const marker = this.marker();
    const rows = this.dirty.take();
    const cycleEnds = this.addRefreshed(rows);
    try {
      if (this.held.hasUnwritten) await this.durable();
      await this.held.save((state) => this.writeOne(state));
      // What `finish` does better is given up.
      if (!(await this.saveAccounts(rows, () => this.isEnding))) {
        if (this.isEnding) this.dirty.noteAgain(rows);
        return;
      }
    } catch (error) {
      // Nothing vouches for any of them: all are written with the next pass.
      this.dirty.noteAgain(rows);
      throw error;
    }
    await this.marks.save(() => this.pace.rest());
    await this.until(() => frames.effectsDurable >= marker.effectRows);
    if (this.isEnding) return;
    // What frames say of an account that failed is in no state yet.
    if (cycleEnds && marker.isWhole && this.isCycleWhole) {
      this.framesFrom = this.cycleFrom;
      this.cycleFrom = Math.max(this.cycleFrom, frames.position + 1);
    }
    if (cycleEnds) this.isCycleWhole = marker.isWhole;
    await this.save(marker);
  }

  private marker(): Marker {
    const { ports, ticker, stopped } = this.parts;
    const effectRows = ports.frames.effectsWritten;
    const letters = ports.deadLetters.settled();
    const held = this.held.named(stopped());
    if (held === null) {
      const last = this.last ?? { sequence: 0, effectsFrom: 1, held: [] };
      this.isCycleWhole = false;
      return { ...last, through: last.sequence, effectRows, letters, isWhole: false };
    }
    const { effectsFrom } = ticker;
    return { through: ticker.durableThrough, effectsFrom, effectRows, held, letters, isWhole: true };
  }

  /**
   * Some more of all accounts, so that each is written in time: what its curve did since is read from frames at a start,
   * and with it everything else that is in them. Says whether the last account is among these.
   */
  private addRefreshed(rows: number[]): boolean {
    const { book, intervalMs, refreshMsMax } = this.parts;
    const { count } = book.accounts;
    const { checkpointRefreshMsMin, checkpointRefreshPerSecond } = limits;
    const cycleMs = Math.max(checkpointRefreshMsMin, (count * 1000) / checkpointRefreshPerSecond);
    const due = Math.ceil((count * intervalMs) / Math.min(cycleMs, refreshMsMax));
    const end = Math.min(count, this.cursor + due);
    for (; this.cursor < end; this.cursor++) if (!this.dirty.has(this.cursor)) rows.push(this.cursor);
    if (this.cursor < count) return false;
    this.cursor = 0;
    return true;
  }

  /** Says whether all are written that took events when it began. */
  private async saveAccounts(all: readonly number[], isGivenUp: () => boolean): Promise<boolean> {
    const rows = all.filter((row) => !this.isLeftOut(row));
    let next = 0;
    let isWhole = true;
    while (next < rows.length) {
      const slices: (readonly Snapshot[])[] = [];
      let bytes = 0;
      while (next < rows.length && bytes < limits.checkpointBatchBytesMax) {
        if (next > 0) await this.pace.rest();
        const slice: Snapshot[] = [];
        for (let items = 0; next < rows.length && items < limits.checkpointSliceItems;) {
          const row = rows[next++] ?? 0;
          if (this.isLeftOut(row)) {
            isWhole = false;
            continue;
          }
          const snapshot = this.snapshot(row);
          bytes += snapshot.state.length;
          items += 1 + snapshot.pages.length;
          slice.push(snapshot);
        }
        slices.push(slice);
      }
      await this.durable();
      if (!(await this.write(slices, isGivenUp))) return false;
    }
    return isWhole;
  }

  /** Resolves when everything is acknowledged, or was given up and what had begun is. */
  private async write(slices: readonly (readonly Snapshot[])[], isGivenUp: () => boolean): Promise<boolean> {
    const writes: Promise<unknown>[] = [];
    try {
      for (const slice of slices) {
        if (writes.length > 0) await this.pace.rest();
        if (isGivenUp()) return false;
        const written = Promise.all(slice.map((snapshot) => this.writeOne(snapshot)));
        // Told below, where it is waited for.
        written.catch(() => undefined);
        writes.push(written);
      }
      await Promise.all(writes);
      return true;
    } finally {
      await Promise.allSettled(writes);
    }
  }

  /** An account that failed may be half an event: it is noted again when it is rebuilt. */
  private isLeftOut(row: number): boolean {
    if (!this.parts.stopped().has(row)) return false;
    this.dirty.clean(row);
    return true;
  }

  private snapshot(row: number): Snapshot {
    const { book } = this.parts;
    this.dirty.clean(row);
    return {
      row,
      account: book.accounts.ids[row] ?? '',
      state: book.snapshot(row),
      pages: book.idPages(row, this.pagesSaved[row] ?? 0),
    };
  }

  /** Resolves when everything that has been applied until now is in the effect log and in acknowledged frames, or at the end. */
  private async durable(): Promise<void> {
    const { ports, ticker } = this.parts;
    const { tick, applied } = ticker;
    const { effectsWritten, curveWritten } = ports.frames;
    // A state that has seen a refused message keeps it from being read, and refused, again.
    await ports.deadLetters.settled();
    // Rows of the curve too: a state says that the world was told, and if its row were lost none would come.
    const areFramed = (): boolean =>
      ports.frames.effectsDurable >= effectsWritten && ports.frames.curveDurable >= curveWritten;
    await this.until(() => ticker.durableThrough >= applied && ticker.durableTick >= tick && areFramed());
  }

  /** Pages before the state that names them. */
  private async writeOne({ row, account, state, pages }: Snapshot): Promise<void> {
    const { book, ports } = this.parts;
    for (const { number, slot, page } of pages) {
      await ports.changelog.saveIds(account, slot, page);
      this.pagesSaved[row] = number + 1;
    }
    await ports.changelog.saveAccount(account, state);
    book.snapshotKept(row);
  }

  private async save({ through, effectsFrom, held, letters }: Marker): Promise<void> {
    await letters;
    await this.put({
      format: changelogFormat,
      ledgerCreated: this.ledgerCreated,
      partitions: this.parts.partitions,
      sequence: through,
      effectsFrom,
      framesFrom: this.framesFrom,
      tickCeiling: this.nextCeiling,
      held,
    });
  }

  /** The last checkpoint with more ticks: these wait neither for a pass that takes long nor for one that comes late. */
  private async reserve(): Promise<void> {
    const { last, nextCeiling } = this;
    if (last === null || this.saves > 0) return;
    if (nextCeiling - this.parts.ticker.ceiling < limits.ticksReservedMs / 2) return;
    await this.put({ ...last, tickCeiling: nextCeiling });
  }

  private get nextCeiling(): number {
    return Math.max(this.parts.ticker.tick, this.parts.ports.clock.now()) + limits.ticksReservedMs;
  }

  private async put(checkpoint: Checkpoint): Promise<void> {
    const { ports, ticker } = this.parts;
    this.saves++;
    try {
      await ports.changelog.saveCheckpoint(checkpoint);
    } finally {
      this.saves--;
    }
    this.last = checkpoint;
    ticker.ceiling = checkpoint.tickCeiling;
  }

  /** Resolves when it is met, or at the end. */
  private until(isMet: () => boolean): Promise<void> {
    if (isMet() || this.isEnding) return Promise.resolve();
    return new Promise((go) => this.waiting.push({ isMet, go }));
  }

  private wake(): void {
    if (this.waiting.length === 0) return;
    const met = this.waiting.filter(({ isMet }) => isMet());
    this.waiting = this.waiting.filter((each) => !met.includes(each));
    for (const { go } of met) go();
  }
}
