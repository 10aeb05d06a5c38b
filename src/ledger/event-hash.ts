/** Hashes of an event's id and of its content, by value: "10.0" is "10", what is absent is its default. */
import type { Decimal } from '../domain/decimal.ts';
import type { CashEvent, EventArea, RebaseEvent, Settlement, VoidEvent } from '../domain/ledger-event.ts';
import { cashKinds } from '../domain/ledger-event.ts';
import type { Hash64 } from './seen-ids.ts';

/** Ids are unique per account and subject kind. */
const settlementSeed = 1;
const cashSeed = 2;
const accountSeed = 3;
/** Of contents: fills and transfers have 3 and 4, cash events their place in `cashKinds` after 5. */
const voidSeed = 5 + cashKinds.length;
const rebaseSeed = voidSeed + 1;

export function hashId(h: Hash64, area: EventArea | 'accounts', id: string): void {
  h.start(area === 'settlements' ? settlementSeed : area === 'cash' ? cashSeed : accountSeed).text(id);
}

/** A rebase of the same correction that was computed again may have other figures, and is the same. */
export function hashRebase(h: Hash64, e: RebaseEvent): void {
  h.start(rebaseSeed).number(e.of);
}

export function hashVoid(h: Hash64, e: VoidEvent): void {
  h.start(voidSeed).text(e.of);
}

/** None is zero. */
function decimal(h: Hash64, d: Decimal | null): void {
  if (d === null) h.number(0).int(0);
  else if (typeof d.coefficient === 'number') h.number(d.coefficient).int(d.scale);
  else h.text(String(d.coefficient)).int(d.scale);
}

/** `symbol` by name: ids of symbols differ from one start to the next. */
export function hashSettlement(h: Hash64, e: Settlement, symbol: string, currency: string): void {
  h.start(e.kind === 'fill' ? 3 : 4)
    .text(symbol)
    .int(e.direction);
  decimal(h, e.quantity);
  decimal(h, e.price);
  h.number(e.fee).text(e.feeCurrency === '' ? currency : e.feeCurrency);
  decimal(h, e.feeQuantity);
}

export function hashCash(h: Hash64, e: CashEvent, baseCurrency: string): void {
  h.start(5 + cashKinds.indexOf(e.kind)).number(e.amount);
  h.text(e.currency === '' ? baseCurrency : e.currency)
    .text(e.toCurrency)
    .number(e.toAmount);
  h.number(Number.isNaN(e.effectiveAt) ? -1 : e.effectiveAt).text(e.symbol);
  // As it was sent: what time the date means is the calendar's of the moment.
  if (e.effectiveOn !== '') h.text(e.effectiveOn);
}
