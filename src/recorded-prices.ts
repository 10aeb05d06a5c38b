/** Marks from before a restart, offered like prices, each with the time that the market gave it. */
import type { PriceConflater } from '../streams/operators/conflate-prices.ts';
import { parseMarketDecimal, roundedAtScale } from './domain/decimal.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import type { FrameHistory } from './ports.ts';

export function offerRecorded(
  history: FrameHistory,
  instruments: InstrumentTable,
  conflater: PriceConflater,
): void {
  for (const { symbol: name, price, bid, ask, time } of history.prices) {
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
