/**
 * Keeps the changelog: the state of each account that something durable changed, in passes of bounded slices, and after
 * each pass a checkpoint that says how far recovery need not look. Nothing is written before the effects that led to it,
 * and the rows of the curve that told it, are in acknowledged frames; no checkpoint before all it vouches for is acknowledged.
 * An engine that still catches up writes, too: one that is killed on its way leaves the next one less of it.
 */
import { limits } from '../config/limits.ts';
import { AccountStates, type AccountState, type AccountStatesParts } from './account-states.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { PriceChanges } from './domain/price-change.ts';
import { changelogFormat, type Checkpoint } from './domain/recorded.ts';
import { Conditions } from './conditions.ts';
import { DirtyRows } from './dirty-rows.ts';
import { HeldAccounts } from './held-accounts.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { Fenced, type Cancel } from './ports.ts';

export interface CheckpointerParts extends AccountStatesParts {
  readonly instruments: InstrumentTable;
  readonly partitions: number;
  /** Config `checkpoint.interval_ms`. */
  readonly intervalMs: number;
  /** Within this at most every account is written once, changed or not; sooner where there are few. */
  readonly refreshMsMax: number;
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

export class Checkpointer {
  private readonly parts: CheckpointerParts;
  private readonly dirty = new DirtyRows();
  private readonly pace: CheckpointPace;
  private readonly marks: MarkKeeper;
  private readonly states: AccountStates;
  private readonly held = new HeldAccounts<AccountState>();
  private readonly conditions = new Conditions();
  private last: Checkpoint | null = null;
  private ledgerCreated = '';
  /** Row at which the refreshing of all accounts goes on, and where FRAMES stood when it began. */
  private cursor = 0;
  private cycleFrom = 1;
  private framesFrom = 1;
  /** No account had failed since the refreshing began. */
  private isCycleWhole = true;
  private running: Promise<void> | null = null;
  private saves = 0;
  private isEnding = false;
  private hasBegun = false;
  private timers: readonly Cancel[] = [];

  constructor(parts: CheckpointerParts) {
    this.parts = parts;
    this.pace = new CheckpointPace(parts.ports);
    this.marks = new MarkKeeper(parts.ports.changelog, parts.book, parts.instruments);
    const { dirty, pace, marks, conditions } = this;
    this.states = new AccountStates(parts, { dirty, pace, marks, conditions });
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
    this.held.add(row, this.states.take(row));
  }

  /** Of a restored account: the changelog has these pages. */
  notePages(row: number, count: number): void {
    this.states.notePages(row, count);
  }

  /** Whether accounts are written from now on. */
  get isOn(): boolean {
    return this.hasBegun;
  }

  /** A tick is told; its marks are to be kept. */
  ticked(changes: PriceChanges): void {
    this.marks.note(changes);
    this.conditions.look();
  }

  /** More has become durable without a tick. */
  settled(): void {
    this.conditions.look();
  }

  /** Begins: ticks are reserved before the first one is given out. `last`: where this owner's recovery began. */
  async start(last: Checkpoint | null, ledgerCreated: string, through: number): Promise<void> {
    const { ports, intervalMs } = this.parts;
    this.hasBegun = true;
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
    if (this.isEnding) return;
    this.timers = [
      ports.clock.every(intervalMs, () => {
        this.beginPass();
      }),
      ports.clock.every(limits.ticksReservedMs / 4, () => void this.attempt(() => this.reserve())),
    ];
  }

  /** Begins a pass, unless one is under way. */
  beginPass(): void {
    this.conditions.look();
    if (!this.isEnding) this.running ??= this.attempt(() => this.pass()).finally(() => (this.running = null));
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
    this.conditions.end();
    await this.running;
    await ports.frames.flush();
    await ports.deadLetters.settled();
    // In a frame that was refused, or still for a tick to tell: the next start frames them.
    const { effectsDurable, effectsWritten, curveDurable, curveWritten } = ports.frames;
    if (effectsDurable < effectsWritten || curveDurable < curveWritten || this.parts.hasStandIns())
      return this.marks.save(() => this.pace.rest());
    await this.held.save((state) => this.states.write(state));
    const marker = this.marker();
    const { sequence } = book.accounts;
    // With ticks from outside an event may still wait for its tick: then its account is left as it was.
    const rows = Array.from({ length: book.accounts.count }, (_, row) => row);
    const settled = rows.filter((row) => (sequence[row] ?? 0) <= ticker.durableThrough);
    const changed = settled.filter((row) => this.dirty.has(row));
    const others = settled.filter((row) => !this.dirty.has(row));
    await this.states.save(changed, () => false);
    const areAllWritten = await this.states.save(others, () => ports.clock.now() > deadline);
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
    const { ports, settle } = this.parts;
    const { frames } = ports;
    await settle();
    const marker = this.marker();
    const rows = this.dirty.take();
    const cycleEnds = this.addRefreshed(rows);
    try {
      if (this.held.hasUnwritten) await this.states.durable();
      await this.held.save((state) => this.states.write(state));
      // What `finish` does better is given up.
      if (!(await this.states.save(rows, () => this.isEnding))) {
        if (this.isEnding) this.dirty.noteAgain(rows);
        return;
      }
    } catch (error) {
      // Nothing vouches for any of them: all are written with the next pass.
      this.dirty.noteAgain(rows);
      throw error;
    }
    await this.marks.save(() => this.pace.rest());
    await this.conditions.until(() => frames.effectsDurable >= marker.effectRows);
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
}
