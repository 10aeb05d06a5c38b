/**
 * Alerts that the engine raises, joined: what outcomes, ticks and the guard tell, to the kind of alert that it concerns.
 * Ids follow from what caused them, so that a replay raises the same alert and not another one. On the way of an
 * ordinary fill it costs three comparisons.
 */
import { Overdrafts } from './alerts/overdrafts.ts';
import { HeldPrices } from './alerts/held-prices.ts';
import { SequenceGaps } from './alerts/sequence-gaps.ts';
import { Suspensions } from './alerts/suspensions.ts';
import { UnpricedAlerts } from './alerts/unpriced-alerts.ts';
import type { Effect } from './domain/effect.ts';
import type { LedgerMessage } from './domain/ledger-event.ts';
import { isRejected } from './domain/ledger-event.ts';
import type { PriceChanges } from './domain/price-change.ts';
import type { SymbolTable } from './domain/symbol-table.ts';
import type { Book } from './ledger/book.ts';
import type { Alert, AlertSink, Clock, DeadLetter } from './ports.ts';

export class Alerting {
  private readonly sink: AlertSink;
  private readonly book: Book;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly overdrafts: Overdrafts;
  private readonly unpriced: UnpricedAlerts;
  private readonly heldPrices: HeldPrices;
  private readonly suspensions: Suspensions;
  private readonly gaps: SequenceGaps;
  private nextCore = 0;

  /** The clock gives the time of what has none of its own yet. */
  constructor(sink: AlertSink, book: Book, symbols: SymbolTable, clock: Pick<Clock, 'now'>) {
    this.sink = sink;
    this.book = book;
    this.clock = clock;
    this.overdrafts = new Overdrafts(sink, book);
    this.unpriced = new UnpricedAlerts(sink, book);
    this.heldPrices = new HeldPrices(sink, symbols);
    this.suspensions = new Suspensions(sink, book);
    this.gaps = new SequenceGaps(sink);
  }

  /**
   * Before the first tick, once the ledger is applied: alerts that former owners raised stand again, and those of which
   * the condition is over, or began unseen, are put right. `isStopped`: accounts that fail.
   */
  recover(raised: readonly Alert[], isStopped: (row: number) => boolean): void {
    const time = this.clock.now();
    for (const alert of raised) this.recoverOne(alert, time);
    this.overdrafts.reconcile(time);
    this.unpriced.reconcile(time);
    this.suspensions.reconcile(time, isStopped);
  }

  /** A ledger event was applied to the account of `row`. */
  applied(row: number, effect: Effect): void {
    const { event } = effect;
    if (effect.crossings.length > 0) this.overdrafts.crossed(row, effect, this.timeOf(effect.time));
    if (this.suspensions.concerns(row, effect))
      this.suspensions.applied(row, effect, this.timeOf(effect.time));
    if (!('direction' in event) || Number.isNaN(event.sourceSequence)) return;
    const { accountId: account, sequence, index, time } = effect;
    this.gaps.seen(row, event, () => ({ account, sequence, index }), () => this.timeOf(time)); // prettier-ignore
  }

  /** An element of a message was refused: its source has counted it all the same. */
  refused({ account, sequence, time, items }: LedgerMessage, index: number): void {
    const item = items[index];
    if (
      item === undefined ||
      isRejected(item) ||
      !('direction' in item) ||
      Number.isNaN(item.sourceSequence)
    ) {
      return;
    }
    const row = this.book.accounts.find(account);
    if (row >= 0) this.gaps.seen(row, item, () => ({ account, sequence, index }), () => time); // prettier-ignore
  }

  rejected(letter: DeadLetter): void {
    const { reason, detail, subject, sequence, index, stream } = letter;
    const place = stream === '' ? `core-${String(letter.time)}-${String(this.nextCore++)}` : `${stream}-${String(sequence)}-${String(index)}`; // prettier-ignore
    this.sink.publish({
      kind: 'rejected',
      account: letter.account,
      id: place,
      state: 'raised',
      severity: 'warning',
      message: `${reason}: ${detail}`,
      details: { reason, detail, subject, stream, sequence, index },
      timestamp: letter.time,
    });
  }

  /** After a tick: whether an account that changed holds something without a price. */
  checkUnpriced(row: number, time: number): void {
    this.unpriced.check(row, time);
  }

  /** A price was held back, by the guard or because an amount would leave its range; or that is over. */
  heldPrice(symbol: number, isHeld: boolean, message: string, time: number): void {
    if (isHeld) this.heldPrices.held(symbol, message, time);
    else this.heldPrices.over(symbol, message, time);
  }

  /** Its mark was held back at a tick. */
  tooLarge(symbol: number, time: number): void {
    this.heldPrices.held(symbol, 'its mark would take an amount out of the safe integers', time);
  }

  /** A price that was held back for its size is offered again by the market: it is judged anew. */
  clearHeld(changes: PriceChanges, time: number): void {
    this.heldPrices.clearMarked(changes, time);
  }

  /** An account that fails again and again takes no events until the engine is started anew. */
  suspended(account: string, sequence: number, time: number): void {
    this.suspensions.failing(this.book.accounts.find(account), account, sequence, time);
  }

  private recoverOne(alert: Alert, time: number): void {
    if (alert.kind === 'held_price') {
      this.heldPrices.recover(alert, time);
      return;
    }
    const row = this.book.accounts.find(alert.account);
    if (row < 0) return;
    if (alert.kind === 'overdraft') this.overdrafts.recover(row, alert, time);
    else if (alert.kind === 'unpriced') this.unpriced.recover(row, alert, time);
    else if (alert.kind === 'suspension') this.suspensions.recover(row, alert, time);
  }

  private timeOf(time: number): number {
    return Number.isNaN(time) ? this.clock.now() : time;
  }
}
