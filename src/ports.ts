/**
 * What the core needs from outside, as types. Real adapters live in streams/ and src/main.ts; the simulation and some
 * tests bring others. Nothing here does anything.
 */
import type { Observable } from 'rxjs';
import type { AccountView } from './domain/account-view.ts';
import type { AlertKind } from './domain/alert-kind.ts';
import type { Effect } from './domain/effect.ts';
import type { EngineStats } from './domain/engine-stats.ts';
import type { CurveRow, EquityUpdate } from './domain/equity-update.ts';
import type { Instrument, InstrumentFields } from './domain/instrument.ts';
import type { EventArea, LedgerMessage } from './domain/ledger-event.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type {
  Checkpoint,
  FramedLate,
  RecordedCurves,
  RecordedEffect,
  RecordedPeriod,
  RecordedPrice,
  SoughtRows,
} from './domain/recorded.ts';
import type { RejectionReason } from './domain/rejection.ts';
import type { Verdict } from './domain/verdict.ts';

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` about every `intervalMs` until cancelled. */
  every(intervalMs: number, action: () => void): Cancel;
  /** Resolves when what already waits for its turn has had it: long work is done in slices. */
  turn(): Promise<void>;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Something refused on its way in: goes to DEAD_LETTERS whole, with its reason. */
export interface DeadLetter {
  /** The stream it came by, '' for a core subject. */
  readonly stream: string;
  /** Stream sequence, 0 for a core subject. */
  readonly sequence: number;
  readonly index: number;
  readonly subject: string;
  /** '_' where the message names none. */
  readonly account: string;
  readonly reason: RejectionReason;
  readonly detail: string;
  /** Milliseconds: when it came. */
  readonly time: number;
  readonly payload: Uint8Array;
}

export interface Alert {
  readonly kind: AlertKind;
  /** '_' for the system. */
  readonly account: string;
  /** Unique for the condition's one occurrence; the same at raising, at clearing and at a replay. One subject token. */
  readonly id: string;
  readonly state: 'raised' | 'cleared';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

/** Takes what was refused on its way in: dead letter, counter and alert are the taker's business. */
export type Refuse = (letter: DeadLetter) => void;

/**
 * Where decoded prices go. Called for every single price: no allocation, no promise. Prices are integers at the
 * symbol's scale, times milliseconds (NaN: the sender gives none, so as of now). Says whether the price was taken; an
 * older one than the symbol's current is counted and ignored.
 */
export interface PriceIntake {
  /** A plain price: its own mid, bid and ask. */
  offer(symbol: number, price: number, time: number): boolean;
  /** A quote: its mid is (bid + ask) / 2, rounded half to even. */
  offerQuote(symbol: number, bid: number, ask: number, time: number): boolean;
  /** How many prices came with more digits than their scale, and lost some to rounding. */
  rounded(count: number): void;
}

export interface PriceSource {
  /** Subscribes, offers what PRICES still holds, then what comes. */
  open(intake: PriceIntake, refuse: Refuse): Promise<void>;
  close(): Promise<void>;
}

export interface TickMessage {
  readonly tick: number;
  readonly time: number;
}

/**
 * The ledger's stream, in order, never more than a bounded number of messages ahead. The next batch is not handed out
 * before the promise of the last is settled.
 */
export interface LedgerSource {
  /** Starts at `from` (a stream sequence, at least 1). */
  open(from: number, apply: (batch: readonly LedgerMessage[]) => Promise<void> | void): Promise<void>;
  /** The sequence of the last message that the server has now; 0 for an empty stream. */
  lastSequence(): Promise<number>;
  /** What the stream is: its creation time (as the server writes it), its first and last sequence. */
  bounds(): Promise<LedgerBounds>;
  /** Messages that the server had at the last delivery, or that were handed out, and that are not applied. */
  readonly lag: number;
  /** Every message of one account up to a sequence, in order. */
  ofAccount(account: string, through: number, take: (message: LedgerMessage) => void): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerBounds {
  readonly created: string;
  /** 1 and 0 in a stream that never had a message. */
  readonly first: number;
  readonly last: number;
}

/** Another owner has the partition: this one must stop, and nothing it still writes is taken. */
export class Fenced extends Error {}

/** Who owns the partition. */
export interface Lease {
  /**
   * Resolves when this process owns it, with the owner's epoch: larger than any before. Waits for as long as another
   * process has it.
   */
  acquire(): Promise<number>;
  /** Whether nobody else can own it now: false already a moment before it could expire unnoticed. */
  readonly isHeld: boolean;
  /** Rejects with Fenced when another process owns it. */
  readonly lost: Promise<never>;
  /** Another process may have it at once. */
  release(): Promise<void>;
}

/**
 * Effects as they were valued, durable before anybody is told what came of them. One owner writes it: each write names
 * the one before it, so that a former owner's is refused.
 */
export interface EffectLog {
  /** Makes this owner the last: from now on a former owner's writes are refused. Before anything of the past is read. */
  open(epoch: number): Promise<void>;
  /** What is recorded from a position on (at least 1) until now, in order. Throws where the log no longer reaches back that far. */
  read(from: number, take: (effect: RecordedEffect) => void): Promise<void>;
  /** Encoded at once: the effect is reused. */
  record(effect: Effect): void;
  /** Nothing recorded waits to be published. */
  readonly isEmpty: boolean;
  /** Bytes recorded and not acknowledged. */
  readonly outstandingBytes: number;
  /**
   * Publishes what was recorded since the last time, as of this tick (NaN: none yet), one call after another. Resolves
   * when it is acknowledged. Rejects with Fenced.
   */
  publish(tick: number, time: number): Promise<void>;
  /** Of the last acknowledged message; what is recorded later comes after it. */
  readonly position: number;
  /** The record of one element of a message; null where the log no longer has it. For voids: asked seldom. */
  find(sequence: number, index: number): Promise<RecordedEffect | null>;
}

/** The state of accounts, one value each, and how far it goes. Writes are refused, with Fenced, after a newer owner's. */
export interface Changelog {
  open(epoch: number): Promise<void>;
  /** Everything it holds, once; null where nothing was ever written. */
  load(into: ChangelogReader): Promise<Checkpoint | null>;
  /** Resolves when acknowledged; the bytes must not change until then. */
  saveAccount(account: string, state: Uint8Array): Promise<void>;
  /** A page of ids seen, written once. `slot` is where it is kept: a later page of the slot replaces it. */
  saveIds(account: string, slot: number, page: Uint8Array): Promise<void>;
  /** Some of the marks; a later value of the chunk replaces it. */
  saveMarks(chunk: number, marks: readonly RecordedPrice[]): Promise<void>;
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** What is kept of one account, its pages of ids first; nothing where there is nothing. */
  read(account: string, into: Pick<ChangelogReader, 'account' | 'ids'>): Promise<void>;
}

export interface ChangelogReader {
  account(account: string, state: Uint8Array): void;
  ids(account: string, slot: number, page: Uint8Array): void;
  mark(mark: RecordedPrice): void;
}

export interface TradeSource {
  /**
   * Splits trades into settlements until closed; offers their prices. A trade that is refused is acknowledged when
   * `kept` resolves: then what was refused until now is kept.
   */
  open(intake: PriceIntake, refuse: Refuse, kept: () => Promise<void>): Promise<void>;
  /** Resolves when every trade that the server has now is in LEDGER, acknowledged. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface InstrumentSource {
  /** What is known of a symbol right now: a settlement may come before the news of its instrument. */
  lookup(symbol: string): Promise<InstrumentFields | null>;
  /** What is known at the start, then each change. */
  open(change: (symbol: string, fields: InstrumentFields) => void, refuse: Refuse): Promise<void>;
  close(): Promise<void>;
}

export interface Updates {
  /** One emission. Encodes at once: the update is reused by the caller. */
  emit(update: EquityUpdate): void;
  /** The same, told only with the next `release`: what led to it is not durable yet. */
  hold(update: EquityUpdate): void;
  /** Tells what was held, in order. */
  release(): void;
}

/** Rows on their durable way to ClickHouse. Rows are encoded at once; arguments may be reused. */
export interface FrameSink {
  /**
   * Makes this owner the last: frames that a former one still writes are dropped from here on. Resolves when that is
   * acknowledged, before anything of the past is read. Rows carry the epoch.
   */
  open(epoch: number): Promise<void>;
  /** A ledger event's effect; its tick is said by the next `seal`. */
  effect(effect: Effect): void;
  /** Something refused: a row of `effects` of kind `rejected` if it came by LEDGER, else a row of `dead_letters`. */
  rejected(letter: DeadLetter): void;
  curve(row: CurveRow): void;
  price(symbol: string, scale: number, changes: PriceChanges, at: number, tick: number, time: number): void;
  /** Reference data of a symbol that somebody holds or held, as of `time`; `exponent` of its currency's minor unit. */
  instrument(symbol: string, instrument: Instrument, exponent: number, time: number): void;
  /**
   * The tick is complete: effects since the last one carry it (and `time`, where an effect has none of its own), and
   * cover LEDGER up to `throughSequence`. They do not leave yet.
   */
  seal(tick: number, time: number, throughSequence: number): void;
  /** What is sealed is in the effect log, and may leave: at once where a frame is full, or old enough. */
  release(): void;
  /** Whether so much is under way, unacknowledged, that the ledger should not be read further. */
  readonly congested: boolean;
  /** Resolves when nothing is under way that would hold the ledger back. */
  ready(): Promise<void>;
  /** Sends what may leave and resolves when all of it is acknowledged. */
  flush(): Promise<void>;
  /** Rows taken and not acknowledged, and bytes of frames that were handed over and are not acknowledged. */
  readonly outstandingRows: number;
  readonly outstandingBytes: number;
  /** Rows of effects taken so far, and of these, from the first on, how many are in acknowledged frames. */
  readonly effectsWritten: number;
  readonly effectsDurable: number;
  /** The same of rows of the curve. */
  readonly curveWritten: number;
  readonly curveDurable: number;
  /** Of the last acknowledged frame in FRAMES; later ones come after it. */
  readonly position: number;
}

/** What frames still know of the past; answers from memory until `forget`. */
export interface FrameHistory {
  /** Reads frames from a position on (at least 1), once, after the lease is held. */
  load(from: number, sought: SoughtRows): Promise<void>;
  /** LEDGER sequence up to which effects were framed, 0 where the frames read have none. */
  readonly framedThrough: number;
  /** Whether the effect of this LEDGER sequence, and of this element of it, is in a frame: it is not framed again. */
  isFramed(sequence: number, index?: number): boolean;
  /** Whether the row of a late booking, as recorded, is in a frame; asked once for each. */
  isLateFramed(late: FramedLate): boolean;
  /** Last row of the curve by account id. */
  readonly curves: RecordedCurves;
  /** They are taken. */
  forgetCurves(): void;
  /** Reads frames from a position on once more: every row of these accounts' curves, in order. */
  periods(from: number, accounts: ReadonlySet<string>, take: (period: RecordedPeriod) => void): Promise<void>;
  /** The past is applied: its memory is given back. */
  forget(): void;
}

export interface DeadLetterSink {
  publish(letter: DeadLetter): void;
  /** Resolves when every letter published until now is acknowledged, refused for good or dropped. */
  settled(): Promise<void>;
}

export interface AlertSink {
  publish(alert: Alert): void;
  /** What former owners raised, of kinds of which the condition lasts, and nobody cleared. */
  raised(): Promise<readonly Alert[]>;
}

/** How far the sink is, which is another process. */
export interface SinkLag {
  /** Frames that FRAMES has and the sink has not acknowledged; null where nobody can say. */
  frames(): Promise<number | null>;
}

export type AccountOrder = 'id' | 'equity' | 'day_change' | 'drawdown';

/** What the service `tidemark` asks the engine. */
export interface EngineQueries {
  /** Whether the accounts are all there: until then nothing is said of any. */
  isLive(): boolean;
  /** Whether nobody else can own the partition now: who may be replaced already says nothing of it. */
  isOwner(): boolean;
  /** null: no such account. */
  inspect(account: string): AccountView | null;
  /** Accounts in order, after `after` (an account id), at most `limit`. */
  accounts(after: string | null, limit: number, order: AccountOrder): AccountView[];
  /** What became of an element of a message of the account. */
  outcome(account: string, sequence: number, index: number): Verdict;
  /** Whether the account remembers an event of that id: what is sent under it again books nothing. */
  hasSeen(account: string, area: EventArea, id: string): boolean;
  stats(): EngineStats;
}

export interface QueryServer {
  /** Says only that this process stands by, and how it is: what is asked of the owner is not answered. */
  standBy(queries: EngineQueries): Promise<void>;
  /** The partition is owned: answers for it from now on. */
  serve(queries: EngineQueries): Promise<void>;
  close(): Promise<void>;
}

export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly prices: PriceSource;
  /** Ticks of the subject `ticks`; null when the engine's own clock gives them. */
  readonly ticks: ((refuse: Refuse) => Observable<TickMessage>) | null;
  readonly ledger: LedgerSource;
  readonly trades: TradeSource;
  readonly instruments: InstrumentSource;
  readonly updates: Updates;
  readonly lease: Lease;
  readonly effects: EffectLog;
  readonly changelog: Changelog;
  readonly frames: FrameSink;
  readonly history: FrameHistory;
  readonly deadLetters: DeadLetterSink;
  readonly alerts: AlertSink;
  readonly queries: QueryServer;
  readonly sink: SinkLag;
}
