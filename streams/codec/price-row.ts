/** The last price of a symbol in a period, in the order of `frameColumns.prices`. */
import type { PriceChanges } from '../../src/domain/price-change.ts';
import type { ByteWriter } from './byte-writer.ts';

const figuresBytesMax = 256;

export function writePriceRow(
  w: ByteWriter,
  symbol: string,
  scale: number,
  changes: PriceChanges,
  at: number,
  tick: number,
  time: number,
): void {
  w.reserve(1);
  w.byte(91);
  w.string(symbol);
  w.reserve(figuresBytesMax);
  w.nextInteger(time);
  w.nextDecimal(changes.mids[at] as number, scale);
  w.nextDecimal(changes.bids[at] as number, scale);
  w.nextDecimal(changes.asks[at] as number, scale);
  w.nextInteger(tick);
  w.nextDouble(changes.times[at] as number);
  w.ascii(']\n');
}
