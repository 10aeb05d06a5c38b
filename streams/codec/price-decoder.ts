/**
 * Price messages of every form, from bytes into the intake: the scanner for what is common, the plain decoder for the
 * rest. Owns scratch columns for a batch, which is offered only when all of it is JSON. Knows nothing of NATS.
 */
import type { Decimal } from '../../src/domain/decimal.ts';
import { roundedAtScale } from '../../src/domain/decimal.ts';
import type { InstrumentTable } from '../../src/domain/instrument.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import type { PriceIntake } from '../../src/ports.ts';
import { readForeignPrice, type ForeignMapping } from './foreign-price.ts';
import { arrayProblem, isObject, notJson, parseJson } from './json.ts';
import { readPriceMessage, type PlainPrice, type Quote } from './price-message.ts';
import { endsAt, PriceScanner, scannedPrice, unusual } from './price-scanner.ts';
import type { SymbolLookup } from './symbol-lookup.ts';

/** Told of each element that is refused, by its place in the message. */
export type RefuseElement = (index: number, why: Rejected) => void;

const notAnArray = rejected('malformed', 'not an array');

export class PriceDecoder {
  private readonly lookup: SymbolLookup;
  private readonly instruments: InstrumentTable;
  private readonly intake: PriceIntake;
  private readonly scanner = new PriceScanner();
  private scanned = new Float64Array(4 * 256);

  constructor(lookup: SymbolLookup, instruments: InstrumentTable, intake: PriceIntake) {
    this.lookup = lookup;
    this.instruments = instruments;
    this.intake = intake;
  }

  /** A message about one symbol, taken as of `timeIfNone` where it has no time; what is wrong with it, or null. */
  one(symbol: number, bytes: Uint8Array, timeIfNone = NaN): Rejected | null {
    const scanner = this.scanner;
    const kind = scanner.scan(bytes, 0);
    if (kind !== unusual && endsAt(bytes, scanner.end)) {
      const scale = this.instruments.get(symbol).priceScale;
      const first = scanner.first(scale);
      const time = Number.isNaN(scanner.ts) ? timeIfNone : scanner.ts;
      if (kind === scannedPrice) {
        if (!Number.isNaN(first)) {
          if (scanner.lostDigits(scale, false)) this.intake.rounded(1);
          this.intake.offer(symbol, first, time);
          return null;
        }
      } else {
        const second = scanner.second(scale);
        if (!Number.isNaN(first) && !Number.isNaN(second)) {
          if (scanner.lostDigits(scale, true)) this.intake.rounded(1);
          this.intake.offerQuote(symbol, first, second, time);
          return null;
        }
      }
    }
    const message = parseJson(bytes);
    if (message === notJson) return rejected('malformed', 'not JSON');
    const figures = readPriceMessage(message);
    return figures.kind === 'rejected' ? figures : this.offer(symbol, figures, timeIfNone);
  }

  /** An array of messages, each with its symbol. */
  batch(bytes: Uint8Array, refuse: RefuseElement): void {
    const count = this.scanBatch(bytes);
    if (count > 0) {
      this.offerScanned(count);
      return;
    }
    const message = parseJson(bytes);
    if (!Array.isArray(message)) {
      refuse(0, message === notJson ? rejected('malformed', 'not JSON') : notAnArray);
      return;
    }
    const problem = arrayProblem(message);
    if (problem !== null) {
      refuse(0, problem);
      return;
    }
    for (const [index, element] of (message as unknown[]).entries()) {
      const why = this.element(element);
      if (why !== null) refuse(index, why);
    }
  }

  /** A message of a mapped foreign subject, or an array of them. */
  foreign(bytes: Uint8Array, mapping: ForeignMapping, refuse: RefuseElement): void {
    const message = parseJson(bytes);
    if (message === notJson) {
      refuse(0, rejected('malformed', 'not JSON'));
      return;
    }
    const elements: readonly unknown[] = Array.isArray(message) ? message : [message];
    const problem = arrayProblem(elements);
    if (problem !== null) {
      refuse(0, problem);
      return;
    }
    for (const [index, element] of elements.entries()) {
      const read = readForeignPrice(element, mapping);
      const why = 'kind' in read ? read : this.offerNamed(read.symbol, mapping.symbol, read.figures);
      if (why !== null) refuse(index, why);
    }
  }

  private element(element: unknown): Rejected | null {
    if (!isObject(element)) return rejected('malformed', 'not an object');
    const name = element['symbol'];
    if (typeof name !== 'string') return rejected('malformed', 'symbol');
    const figures = readPriceMessage(element);
    return figures.kind === 'rejected' ? figures : this.offerNamed(name, 'symbol', figures);
  }

  private offerNamed(name: string, field: string, figures: PlainPrice | Quote): Rejected | null {
    const symbol = this.lookup.ofString(name);
    if (symbol < 0) return rejected('malformed', field);
    return this.offer(symbol, figures, NaN);
  }

  private offer(symbol: number, figures: PlainPrice | Quote, timeIfNone: number): Rejected | null {
    const scale = this.instruments.get(symbol).priceScale;
    const time = Number.isNaN(figures.ts) ? timeIfNone : figures.ts;
    if (figures.kind === 'price') {
      const price = roundedAtScale(figures.price, scale);
      if (Number.isNaN(price)) return rejected('amount_out_of_range', 'price');
      this.countRounded(figures.price, figures.price, scale);
      this.intake.offer(symbol, price, time);
      return null;
    }
    const bid = roundedAtScale(figures.bid, scale);
    if (Number.isNaN(bid)) return rejected('amount_out_of_range', 'bid');
    const ask = roundedAtScale(figures.ask, scale);
    if (Number.isNaN(ask)) return rejected('amount_out_of_range', 'ask');
    this.countRounded(figures.bid, figures.ask, scale);
    this.intake.offerQuote(symbol, bid, ask, time);
    return null;
  }

  /** Decimals have no trailing zeros, so one of more digits than the scale did lose some. */
  private countRounded(a: Decimal, b: Decimal, scale: number): void {
    if (a.scale > scale || b.scale > scale) this.intake.rounded(1);
  }

  /** Scans a whole batch into the scratch columns: how many elements; 0 where any of it is unusual. */
  private scanBatch(bytes: Uint8Array): number {
    const scanner = this.scanner;
    if (bytes[0] !== 0x5b) return 0;
    let count = 0;
    let rounded = 0;
    for (let at = 1; ; at = scanner.end + 1) {
      const kind = scanner.scan(bytes, at);
      if (kind === unusual || scanner.symbolStart < 0) return 0;
      const symbol = this.lookup.ofText(bytes, scanner.symbolStart, scanner.symbolEnd);
      if (symbol < 0) return 0;
      const scale = this.instruments.get(symbol).priceScale;
      const first = scanner.first(scale);
      const second = kind === scannedPrice ? NaN : scanner.second(scale);
      if (Number.isNaN(first) || (kind !== scannedPrice && Number.isNaN(second))) return 0;
      if (scanner.lostDigits(scale, kind !== scannedPrice)) rounded++;
      if ((count + 1) * 4 > this.scanned.length) this.growScanned();
      const scanned = this.scanned;
      scanned[count * 4] = symbol;
      scanned[count * 4 + 1] = first;
      scanned[count * 4 + 2] = second;
      scanned[count * 4 + 3] = scanner.ts;
      count++;
      const next = bytes[scanner.end];
      if (next === 0x2c) continue;
      if (next !== 0x5d || !endsAt(bytes, scanner.end + 1)) return 0;
      if (rounded > 0) this.intake.rounded(rounded);
      return count;
    }
  }

  private offerScanned(count: number): void {
    const scanned = this.scanned;
    for (let i = 0; i < count * 4; i += 4) {
      const symbol = scanned[i] as number;
      const second = scanned[i + 2] as number;
      const ts = scanned[i + 3] as number;
      if (Number.isNaN(second)) this.intake.offer(symbol, scanned[i + 1] as number, ts);
      else this.intake.offerQuote(symbol, scanned[i + 1] as number, second, ts);
    }
  }

  private growScanned(): void {
    const larger = new Float64Array(this.scanned.length * 2);
    larger.set(this.scanned);
    this.scanned = larger;
  }
}
