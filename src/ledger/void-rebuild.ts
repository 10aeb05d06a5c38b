/**
 * An account's past, read again from its ledger because an event of it is voided: what was applied, and what the books
 * are without one of it. A scratch book judges the past once more, voids included, so that only what counted counts;
 * after it come the elements of the message at hand, as the live book applies them. Local currencies only: rates are not
 * of the ledger, and what was booked in base is taken from the effects' records, which whoever reads the past brings.
 */
import type { Effect } from '../domain/effect.ts';
import type { InstrumentTable } from '../domain/instrument.ts';
import type { CashEvent, LedgerMessage, Settlement } from '../domain/ledger-event.ts';
import type { RecordedEffect } from '../domain/recorded.ts';
import type { Book } from './book.ts';
import type { Judge } from './judge.ts';
import { areaOf } from './event-ids.ts';
import { FillLog } from './fill-log.ts';
import type { PositionChange } from './fill-log.ts';
import type { RecallSource } from './recall.ts';
import { eventKey } from './voids.ts';

/** An applied event that a void may name. */
export interface VoidTarget {
  readonly key: string;
  readonly event: Settlement | CashEvent;
  readonly sequence: number;
  readonly index: number;
  /** LEDGER's timestamp, milliseconds; NaN where the tick gives the time. */
  readonly time: number;
  /** As its effect had them: currency, signed quantity, price and fee in kind at their scales. */
  readonly currency: string;
  readonly quantity: number;
  readonly price: number;
  readonly feeQuantity: number;
  /** In the log of its symbol; -1 for a cash event. */
  readonly place: number;
}

/** One element of a message. */
export interface EffectPlace {
  readonly sequence: number;
  readonly index: number;
}

export class VoidRebuild implements Judge {
  readonly account: string;
  /** Of the message that is applied next. */
  readonly sequence: number;
  private readonly of: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly instruments: InstrumentTable;
  private readonly scratch: Book;
  private readonly fills = new Map<number, FillLog>();
  private readonly targets = new Map<string, VoidTarget>();
  private readonly records = new Map<string, RecordedEffect>();
  /** Flows that were applied and not voided. */
  private flows = 0;

  /**
   * @param of keys of what is to be voided
   * @param voided keys of what was voided before or waits to be: nothing else is looked for
   * @param scratch makes an empty book that finds its targets here
   */
  constructor(
    message: LedgerMessage,
    of: readonly string[],
    voided: readonly string[],
    instruments: InstrumentTable,
    scratch: (rebuild: VoidRebuild) => Book,
  ) {
    this.account = message.account;
    this.sequence = message.sequence;
    this.of = of;
    this.known = new Set([...of, ...voided]);
    this.instruments = instruments;
    this.scratch = scratch(this);
    this.scratch.past.begin(unvalued, new Map());
  }

  /** Every message of the account before the one at hand, in order. */
  take(message: LedgerMessage): void {
    if (message.sequence >= this.sequence) return;
    this.scratch.apply(this.scratch.accounts.find(this.account), message, this);
  }

  /** Of which elements the records are needed, once the past is there; the targets' first. */
  *wanted(): Generator<EffectPlace> {
    const targets = this.of.map((key) => this.targets.get(key)).filter((target) => target !== undefined);
    yield* targets;
    const { accounts } = this.scratch;
    const base = accounts.baseCurrency[accounts.find(this.account)];
    for (const target of targets) {
      if (target.place < 0 || target.currency === base) continue;
      for (const fill of this.change(target)?.fills ?? []) {
        if (fill.sequence !== target.sequence || fill.index !== target.index) yield fill;
      }
    }
  }

  learn(recorded: RecordedEffect): void {
    this.records.set(placeText(recorded), recorded);
  }

  /** null where nothing is recorded of it any more. */
  record(place: EffectPlace): RecordedEffect | null {
    return this.records.get(placeText(place)) ?? null;
  }

  /** An event was applied, in the past or by the live book. */
  note(effect: Effect): void {
    const { event } = effect;
    if (!('id' in event) || event.kind === 'void' || event.kind === 'rebase') return;
    if (isFlow(event)) this.flows++;
    let place = -1;
    if ('direction' in event) {
      let log = this.fills.get(event.symbol);
      if (log === undefined) this.fills.set(event.symbol, (log = new FillLog()));
      place = log.add(effect);
    }
    const key = eventKey(areaOf(event), event.id);
    if (!this.known.has(key)) return;
    const { sequence, index, time, currency, quantity, price, feeQuantity } = effect;
    this.targets.set(key, {
      key,
      event,
      sequence,
      index,
      time,
      currency,
      quantity,
      price,
      feeQuantity,
      place,
    });
  }

  /** The applied event of that key that is not voided yet. */
  find(key: string): VoidTarget | null {
    return this.targets.get(key) ?? null;
  }

  /** What the position of a target's symbol is without it; null where that leaves the safe integers. */
  change({ event, place }: VoidTarget): PositionChange | null {
    if (!('direction' in event)) return null;
    return this.fills.get(event.symbol)?.without(place, this.instruments.get(event.symbol)) ?? null;
  }

  /** Whether anything flowed beside the target: else the account is as before its first flow without it. */
  hasFlowsWithout({ event }: VoidTarget): boolean {
    return this.flows > (isFlow(event) ? 1 : 0);
  }

  /** The target is voided: from now on the books are without it. */
  drop({ key, event, place }: VoidTarget): void {
    this.targets.delete(key);
    if (isFlow(event)) this.flows--;
    if ('direction' in event) this.fills.get(event.symbol)?.drop(place);
  }

  /** What the scratch book says is known from the effects it hands to `note`. */
  applied(): void {
    // Noted already.
  }

  bookedLate(): void {
    // Nothing waits in a scratch book.
  }

  duplicate(): void {
    // Counted when it came.
  }

  stale(): void {
    // Nothing is rebased in a scratch book.
  }

  rejected(): void {
    // Refused when it came, and not counted here either.
  }

  voidWaits(): void {
    // What waits is the live book's to say.
  }

  voidWaited(): void {
    // The same.
  }
}

function isFlow({ kind }: Settlement | CashEvent): boolean {
  return kind === 'deposit' || kind === 'withdrawal' || kind === 'transfer';
}

function placeText({ sequence, index }: EffectPlace): string {
  return `${String(sequence)}:${String(index)}`;
}

/** As many bookings as any event has, of nothing: a scratch book values nothing, so nothing waits for a rate. */
const nothing: RecordedEffect = {
  account: '', sequence: 0, index: 0, bookings: new Array<number>(16).fill(0), late: null, rate: NaN, equityBefore: NaN,
  navBefore: NaN, units: NaN, nav: NaN, epoch: 1, tick: NaN, time: NaN,
}; // prettier-ignore

const unvalued: RecallSource = { effect: () => nothing, late: () => [] };
