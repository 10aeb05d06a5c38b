/** Marks as the changelog keeps them, and back: offered like prices, each with the time that the market gave it. */
import type { PriceConflater } from '../streams/operators/conflate-prices.ts';
import { parseMarketDecimal, roundedAtScale, scaledText } from './domain/decimal.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { RecordedPrice } from './domain/recorded.ts';
import type { Book } from './ledger/book.ts';

/** The mark of a symbol that has one. */
export function recordedMark(book: Book, instruments: InstrumentTable, symbol: number): RecordedPrice {
  const { priceScale } = instruments.get(symbol);
  const { mid, bid, ask, time } = book.mark(symbol);
  return {
    symbol: instruments.symbols.name(symbol),
    price: scaledText(mid, priceScale),
    bid: scaledText(bid, priceScale),
    ask: scaledText(ask, priceScale),
    time: Number.isFinite(time) ? time : NaN,
  };
}

export function offerRecorded(
  marks: Iterable<RecordedPrice>,
  instruments: InstrumentTable,
  conflater: PriceConflater,
): void {
  for (const { symbol: name, price, bid, ask, time } of marks) {
    const symbol = instruments.symbols.intern(name);
    const { priceScale } = instruments.get(symbol);
    const [mid, low, high] = [price, bid, ask].map((text) => {
      const decimal = parseMarketDecimal(text);
      return decimal === null ? NaN : roundedAtScale(decimal, priceScale);
    });
    if (mid !== undefined && low !== undefined && high !== undefined && !Number.isNaN(mid + low + high)) {
      conflater.offerRestored(symbol, mid, low, high, Number.isNaN(time) ? -Infinity : time);
    }
  }
}
