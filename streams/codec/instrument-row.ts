/** Reference data of a symbol, in the order of `frameColumns.instrument_changes`. */
import type { Instrument } from '../../src/domain/instrument.ts';
import type { ByteWriter } from './byte-writer.ts';

const figuresBytesMax = 256;

/** `exponent`: decimals of the currency's minor unit; `time`: since when it is known, milliseconds. */
export function writeInstrumentRow(
  w: ByteWriter,
  symbol: string,
  instrument: Instrument,
  exponent: number,
  time: number,
): void {
  const { currency, priceScale, quantityScale, multiplier, margined, fields } = instrument;
  w.reserve(1);
  w.byte(91);
  w.string(symbol);
  w.reserve(figuresBytesMax);
  w.nextInteger(time);
  w.nextString(currency);
  w.reserve(figuresBytesMax);
  w.nextInteger(exponent);
  w.nextInteger(priceScale);
  w.nextInteger(quantityScale);
  w.nextString(multiplier);
  w.nextString(margined ? 'margined' : 'spot');
  for (const text of [fields.sector, fields.geography, fields.asset_class]) {
    w.reserve(1);
    w.nextString(text ?? '');
  }
  w.reserve(figuresBytesMax);
  w.nextDouble(fields.initial_margin_rate ?? NaN);
  w.nextDouble(fields.maintenance_margin_rate ?? NaN);
  w.ascii(']\n');
}
