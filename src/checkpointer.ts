/**
 * Keeps the changelog: the state of each account that something durable changed, in passes of bounded slices, and after
 * each pass a checkpoint that says how far recovery need not look. Nothing is written before the effects that led to it
 * are in the effect log and in acknowledged frames; no checkpoint before everything it vouches for is acknowledged.
 */
import { limits } from '../config/limits.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { Checkpoint } from './domain/recorded.ts';
import type { Book } from './ledger/book.ts';
import type { IdPageBytes } from './ledger/snapshot.ts';
import { changelogFormat } from './domain/recorded.ts';
import { recordedMark } from './recorded-marks.ts';
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
  /** No account had failed: what is written now is all there is. */
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
  private isDirty = new Uint8Array(64);
  private dirty: number[] = [];
  /** By account row: how many of its pages of ids are in the changelog. */
  private readonly pagesSaved: number[] = [];
  private readonly dirtyChunks = new Set<number>();
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
  /** Ends the rest between two slices, if there is one. */
  private hurry: () => void = () => undefined;
  private timers: readonly Cancel[] = [];

  constructor(parts: CheckpointerParts) {
    this.parts = parts;
  }

  /** LEDGER sequence from which a recovery would begin. */
  get sequence(): number {
    return this.last?.sequence ?? 0;
  }

  /** Accounts changed and not yet written. */
  get pending(): number {
    return this.dirty.length;
  }

  /** Something durable of the account changed: by a ledger event, or by a booking at a tick. */
  note(row: number): void {
    if (row >= this.isDirty.length) {
      const larger = new Uint8Array(Math.max(row + 1, this.isDirty.length * 2));
      larger.set(this.isDirty);
      this.isDirty = larger;
    }
    if (this.isDirty[row] === 1) return;
    this.isDirty[row] = 1;
    this.dirty.push(row);
  }

  /** Of a restored account: the changelog has these pages. */
  notePages(row: number, count: number): void {
    this.pagesSaved[row] = count;
  }

  /** A tick is told; its marks are to be kept. */
  ticked(changes: PriceChanges): void {
    for (let i = 0; i < changes.count; i++) {
      this.dirtyChunks.add(((changes.symbols[i] ?? 0) / limits.checkpointMarksInChunk) | 0);
    }
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

  /** The last checkpoint of this owner: every account as it is now, so that the next one need not read anything. */
  async finish(): Promise<void> {
    const { ports, book, ticker } = this.parts;
    for (const cancel of this.timers) cancel();
    this.isEnding = true;
    this.hurry();
    for (const { go } of this.waiting.splice(0)) go();
    await this.running;
    await ports.frames.flush();
    await ports.deadLetters.settled();
    // In a frame that was refused, or still for a tick to tell: the next start frames them.
    if (ports.frames.effectsDurable < ports.frames.effectsWritten) {
      await this.saveMarks();
      return;
    }
    const marker = this.marker();
    const { sequence } = book.accounts;
    // With ticks from outside an event may still wait for its tick: then its account is left as it was.
    const rows = Array.from({ length: book.accounts.count }, (_, row) => row);
    const settled = rows.filter((row) => (sequence[row] ?? 0) <= ticker.durableThrough);
    await this.saveAccounts(settled, true);
    await this.saveMarks();
    if (settled.length < rows.length) return;
    if (marker.isWhole) this.framesFrom = Math.max(this.framesFrom, ports.frames.position + 1);
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
    const rows = this.dirty;
    this.dirty = [];
    const cycleEnds = this.addRefreshed(rows);
    try {
      if (!(await this.saveAccounts(rows))) return;
    } catch (error) {
      // Nothing vouches for any of them: all are written with the next pass.
      for (const row of rows) this.isDirty[row] = 0;
      for (const row of rows) this.note(row);
      throw error;
    }
    await this.saveMarks();
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
    if (stopped().size > 0) {
      const { sequence = 0, effectsFrom = 1 } = this.last ?? {};
      this.isCycleWhole = false;
      return { through: sequence, effectsFrom, effectRows, letters, isWhole: false };
    }
    const effectsFrom = ports.effects.position + 1;
    return { through: ticker.durableThrough, effectsFrom, effectRows, letters, isWhole: true };
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
    for (; this.cursor < end; this.cursor++) if (this.isDirty[this.cursor] !== 1) rows.push(this.cursor);
    if (this.cursor < count) return false;
    this.cursor = 0;
    return true;
  }

  /** Says whether all are written that took events when it began. What `finish` does better is given up. */
  private async saveAccounts(all: readonly number[], areDurable = false): Promise<boolean> {
    const rows = all.filter((row) => !this.isLeftOut(row));
    const size = limits.checkpointSliceAccounts;
    const isGivenUp = (): boolean => this.isEnding && !areDurable;
    let next = 0;
    let isWhole = true;
    while (next < rows.length) {
      const slices: (readonly Snapshot[])[] = [];
      let bytes = 0;
      while (next < rows.length && bytes < limits.checkpointBatchBytesMax) {
        if (next > 0) await this.rest();
        const due = rows.slice(next, (next += size));
        const taken = due.filter((row) => !this.isLeftOut(row));
        if (taken.length < due.length) isWhole = false;
        const slice = taken.map((row) => this.snapshot(row));
        for (const { state } of slice) bytes += state.length;
        slices.push(slice);
      }
      if (!areDurable) await this.durable();
      for (const [i, slice] of slices.entries()) {
        if (i > 0) await this.rest();
        if (isGivenUp()) return false;
        await Promise.all(slice.map((snapshot) => this.writeOne(snapshot)));
      }
    }
    return isWhole;
  }

  /** An account that failed may be half an event: it is noted again when it is rebuilt. */
  private isLeftOut(row: number): boolean {
    if (!this.parts.stopped().has(row)) return false;
    this.isDirty[row] = 0;
    return true;
  }

  /** Between two slices others have their time, most of it: passes are long rather than costly. Not at the end. */
  private rest(): Promise<void> {
    const { clock } = this.parts.ports;
    if (this.isEnding) return clock.turn();
    return new Promise((resolve) => {
      const cancel = clock.every(limits.checkpointSliceMs, () => {
        this.hurry();
      });
      this.hurry = () => {
        cancel();
        resolve();
      };
    });
  }

  private snapshot(row: number): Snapshot {
    const { book } = this.parts;
    this.isDirty[row] = 0;
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
    const rows = ports.frames.effectsWritten;
    // A state that has seen a refused message keeps it from being read, and refused, again.
    await ports.deadLetters.settled();
    const isLogged = (): boolean => ticker.durableThrough >= applied && ticker.durableTick >= tick;
    await this.until(() => isLogged() && ports.frames.effectsDurable >= rows);
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

  private async saveMarks(): Promise<void> {
    const { ports, book, instruments } = this.parts;
    const chunks = [...this.dirtyChunks];
    this.dirtyChunks.clear();
    const again = (error: unknown): never => {
      for (const chunk of chunks) this.dirtyChunks.add(chunk);
      throw error;
    };
    const size = limits.checkpointMarksInChunk;
    const saves = chunks.map((chunk) => {
      const symbols = Array.from({ length: size }, (_, i) => chunk * size + i);
      const marks = symbols
        .filter((symbol) => book.hasMark(symbol))
        .map((symbol) => recordedMark(book, instruments, symbol));
      return ports.changelog.saveMarks(chunk, marks);
    });
    await Promise.all(saves).catch(again);
  }

  private async save({ through, effectsFrom, letters }: Marker): Promise<void> {
    await letters;
    await this.put({
      format: changelogFormat,
      ledgerCreated: this.ledgerCreated,
      partitions: this.parts.partitions,
      sequence: through,
      effectsFrom,
      framesFrom: this.framesFrom,
      tickCeiling: this.nextCeiling,
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
