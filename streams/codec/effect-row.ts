/**
 * An effect as a row of the table `effects`, in the order of `frameColumns.effects`. What the tick will say, its number
 * and the time of events that have none of their own, is left as blanks that are filled in place when the tick is
 * complete: rows are written once and never copied.
 */
import type { Effect } from '../../src/domain/effect.ts';
import type { RebaseEvent, VoidEvent } from '../../src/domain/ledger-event.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { RefusedElement } from './dead-letter-payload.ts';

/** Room for any safe integer; JSON allows the blanks before it. */
const blankLength = 16;
const blank = ' '.repeat(blankLength);
const blankAndEnd = `${blank}]\n`;
/** Above the longest run of figures between two strings. */
const figuresBytesMax = 1024;

/** Appends a row; where its `ts` is to be filled in, -1 if it is known. The tick's blank is the row's last. */
export function writeEffectRow(w: ByteWriter, e: Effect): number {
  const { event } = e;
  w.reserve(figuresBytesMax);
  w.ascii('["');
  w.ascii(e.accountId);
  w.ascii('",');
  w.integer(e.sequence);
  w.nextInteger(e.index);
  w.ascii(',"');
  w.ascii(event.kind);
  w.ascii('","');
  if ('id' in event) w.ascii(event.id);
  w.ascii('",');
  let tsAt = -1;
  if (Number.isNaN(e.time)) {
    tsAt = w.length;
    w.ascii(blank);
  } else w.integer(e.time);
  w.nextIntegerOrNull('ts' in event ? event.ts : NaN);
  w.byte(44);
  if ('direction' in event) writeSettlementColumns(w, e, event);
  else if ('toAmount' in event) {
    w.integerOrNull(event.effectiveAt);
    w.ascii(',"",');
    w.string(event.symbol);
    w.reserve(figuresBytesMax);
    w.ascii(',"",0,0,');
    w.integer(event.amount);
    w.nextString(e.currency);
    w.nextString(event.toCurrency);
    w.reserve(figuresBytesMax);
    w.nextInteger(event.toAmount);
    w.ascii(',0,"",0,');
    w.string(event.notes);
  } else if (event.kind === 'void') {
    w.ascii('null,"",');
    w.string(e.symbol);
    w.reserve(figuresBytesMax);
    w.ascii(',"",0,0,0,');
    w.string(e.currency);
    w.ascii(',"",0,0,"",0,""');
  } else {
    // Of a rebase: from when on history is another.
    w.integerOrNull(event.kind === 'rebase' ? event.from : NaN);
    w.ascii(',"",');
    w.string(e.symbol);
    w.reserve(figuresBytesMax);
    w.ascii(',"",0,0,');
    w.integer('amount' in event ? event.amount : 0);
    w.nextString(e.currency);
    w.ascii(',"",0,0,"",0,""');
  }
  w.reserve(figuresBytesMax);
  writeBooked(w, e);
  w.ascii(',"');
  w.ascii(e.state);
  w.ascii('","",');
  if (event.kind === 'void') writeVoided(w, e.accountId, event);
  else if (event.kind === 'rebase') writeRebased(w, event);
  else {
    w.string(e.settings);
    w.ascii(',"",""');
  }
  w.reserve(figuresBytesMax);
  w.byte(44);
  w.ascii(blankAndEnd);
  return tsAt;
}

/** From `detail` to `payload`: LEDGER sequence of the last correction that was covered. */
function writeRebased(w: ByteWriter, { of }: RebaseEvent): void {
  w.ascii('"');
  w.integer(of);
  w.ascii('","",""');
}

/** From `detail` to `payload`: what was voided, and by which subject. */
function writeVoided(w: ByteWriter, account: string, { area, of }: VoidEvent): void {
  w.ascii('"');
  w.ascii(of);
  w.ascii('","');
  w.ascii(area);
  w.ascii('.');
  w.ascii(account);
  w.ascii('",""');
}

/** From `effective_at` to `notes`. */
function writeSettlementColumns(
  w: ByteWriter,
  e: Effect,
  event: Extract<Effect['event'], { direction: number }>,
): void {
  w.ascii('null,');
  w.string(event.source);
  w.nextString(e.symbol);
  w.reserve(figuresBytesMax);
  const isPositive = event.direction > 0;
  if (event.kind === 'fill') w.ascii(isPositive ? ',"buy",' : ',"sell",');
  else w.ascii(isPositive ? ',"in",' : ',"out",');
  w.decimal(Math.abs(e.quantity), e.quantityScale);
  w.nextDecimal(e.price, e.priceScale);
  w.ascii(',0,');
  w.string(e.currency);
  w.ascii(',"",0,');
  w.integer(event.fee);
  w.nextString(event.feeCurrency === '' ? e.currency : event.feeCurrency);
  w.reserve(figuresBytesMax);
  w.nextDecimal(e.feeQuantity, e.quantityScale);
  w.ascii(',""');
}

/** From `cash_effect` to `epoch`. */
function writeBooked(w: ByteWriter, e: Effect): void {
  w.nextInteger(e.cashEffect);
  w.nextInteger(e.realized);
  w.nextIntegerOrNull(e.realizedBase);
  w.nextInteger(e.fees);
  w.nextIntegerOrNull(e.feesBase);
  w.nextIntegerOrNull(e.incomeBase);
  w.nextIntegerOrNull(e.flowBase);
  w.nextDouble(e.rate);
  w.nextDecimal(e.quantityBefore, e.quantityScale);
  w.nextDecimal(e.quantityAfter, e.quantityScale);
  w.nextInteger(e.costBefore);
  w.nextInteger(e.costAfter);
  w.nextInteger(e.positionRealized);
  w.nextIntegerOrNull(e.equityBefore);
  w.nextDouble(e.navBefore);
  w.nextDouble(e.units);
  w.nextDouble(e.nav);
  w.nextInteger(e.epoch);
}

/** A refused element of a ledger message: kind `rejected`, with its reason, subject and payload. */
export function writeRejectedRow(w: ByteWriter, refused: RefusedElement): number {
  const { letter } = refused;
  w.reserve(figuresBytesMax);
  w.ascii('["');
  w.ascii(letter.account);
  w.ascii('",');
  w.integer(letter.sequence);
  w.nextInteger(letter.index);
  w.ascii(',"rejected","",');
  let tsAt = -1;
  if (Number.isNaN(letter.time)) {
    tsAt = w.length;
    w.ascii(blank);
  } else w.integer(letter.time);
  w.ascii(
    ',null,null,"","","",0,0,0,"","",0,0,"",0,"",0,0,null,0,null,null,null,null,0,0,0,0,0,null,null,null,null,1,"",',
  );
  w.string(letter.reason);
  w.nextString(letter.detail);
  w.reserve(1);
  w.nextString(letter.subject);
  w.reserve(1);
  w.nextString(refused.text);
  w.reserve(1 + blankAndEnd.length);
  w.byte(44);
  w.ascii(blankAndEnd);
  return tsAt;
}

/** Fills in the tick of the row that ends at `rowEnd`. */
export function fillTick(bytes: Uint8Array, rowEnd: number, tick: number): void {
  fillBlank(bytes, rowEnd - blankAndEnd.length, tick);
}

/** Writes an integer right-aligned into a blank. */
export function fillBlank(bytes: Uint8Array, at: number, value: number): void {
  let rest = value;
  let to = at + blankLength;
  do {
    const next = Math.floor(rest / 10);
    bytes[--to] = 48 + (rest - next * 10);
    rest = next;
  } while (rest > 0 && to > at);
}
