/** Rows of prices or quotes to price messages. Decimals go on as they are written; nothing is rounded here. */
import { parseMarketDecimal } from '../../domain/decimal.ts';
import { isSymbol, symbolToken } from '../../domain/identifier.ts';
import { Failure } from '../context.ts';
import type { Columns } from './columns.ts';
import { malformed, type RefusedRow, type RowReader } from './record.ts';
import { timeFields, type RowTime } from './row-time.ts';

interface SymbolText {
  readonly subject: string;
  /** The beginning of the element of a batch. */
  readonly head: string;
}

/** Throws Failure where the file has neither a price nor bid and ask. */
export function priceReader(columns: Columns, time: RowTime): RowReader {
  const at = (field: string): number => columns.get(field) ?? -1;
  const [symbolAt, priceAt, bidAt, askAt] = [at('symbol'), at('price'), at('bid'), at('ask')];
  if (priceAt < 0 && (bidAt < 0 || askAt < 0)) {
    throw new Failure(
      'the file has no column price (or close, last), and no bid and ask: name them with --columns',
    );
  }
  const timeField = timeFields.find((field) => columns.has(field));
  const timeAt = timeField === undefined ? -1 : at(timeField);
  const known = new Map<string, SymbolText>();

  return (cells, line) => {
    const symbol = cells[symbolAt] ?? '';
    const text = known.get(symbol) ?? symbolText(known, symbol);
    if (text === null) return malformed(line, `symbol: ${shown(symbol)}`);
    let figures: string;
    if (priceAt >= 0) {
      const price = cells[priceAt] ?? '';
      if (parseMarketDecimal(price) === null) return malformed(line, `price: ${shown(price)} is no decimal`);
      figures = `"price":"${price}"`;
    } else {
      const bid = cells[bidAt] ?? '';
      const ask = cells[askAt] ?? '';
      if (parseMarketDecimal(bid) === null) return malformed(line, `bid: ${shown(bid)} is no decimal`);
      if (parseMarketDecimal(ask) === null) return malformed(line, `ask: ${shown(ask)} is no decimal`);
      figures = `"bid":"${bid}","ask":"${ask}"`;
    }
    let ts = NaN;
    if (timeField !== undefined) {
      const cell = cells[timeAt] ?? '';
      ts = time.read(timeField, cell);
      if (!(ts >= 0)) return notATime(line, timeField, cell);
      figures += `,"ts":${ts}`;
    }
    return { subject: text.subject, body: `{${figures}}`, batchBody: `${text.head}${figures}}`, ts, line };
  };
}

export function notATime(line: number, field: string, cell: string): RefusedRow {
  return malformed(line, `${field}: ${shown(cell)} is no time since 1970`);
}

function symbolText(known: Map<string, SymbolText>, symbol: string): SymbolText | null {
  if (!isSymbol(symbol)) return null;
  const text = { subject: `prices.${symbolToken(symbol)}`, head: `{"symbol":${JSON.stringify(symbol)},` };
  known.set(symbol, text);
  return text;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
