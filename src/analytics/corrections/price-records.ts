/**
 * Prices of a few symbols in order of time, from the one on that held when a walk begins: each symbol in pages of its
 * own, in the order of the table's key, merged here.
 */
import { limits } from '../../../config/limits.ts';
import type { PriceRecord } from '../../corrections/records.ts';
import { parseMarketDecimal, roundedAtScale } from '../../domain/decimal.ts';
import type { InstrumentTable } from '../../domain/instrument.ts';
import { figure, paged, select, text, type Row, type Reader } from './select.ts';

const columns = 'toUnixTimestamp64Milli(ts), tick, toString(price), toString(bid), toString(ask)';
const timeOf = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;

/** Symbols without a price are left out. */
export async function* priceRecords(
  client: Reader,
  symbols: readonly string[],
  since: number,
  instruments: InstrumentTable,
): AsyncGenerator<PriceRecord> {
  const streams: { readonly from: AsyncGenerator<PriceRecord>; next: PriceRecord }[] = [];
  for (const name of symbols) {
    const from = pricesOf(client, name, since, instruments);
    const first = await from.next();
    if (first.done !== true) streams.push({ from, next: first.value });
  }
  while (streams.length > 0) {
    let first = 0;
    streams.forEach(({ next }, i) => {
      if (next.ts < (streams[first]?.next.ts ?? Infinity)) first = i;
    });
    const stream = streams[first];
    if (stream === undefined) return;
    yield stream.next;
    const following = await stream.from.next();
    if (following.done === true) streams.splice(first, 1);
    else stream.next = following.value;
  }
}

async function* pricesOf(
  client: Reader,
  name: string,
  since: number,
  instruments: InstrumentTable,
): AsyncGenerator<PriceRecord> {
  const symbol = instruments.symbols.intern(name);
  const recordOf = (row: Row): PriceRecord => priceOf(symbol, instruments.get(symbol).priceScale, row);
  const [held] = await select(
    client,
    `SELECT ${columns} FROM prices WHERE symbol = {symbol:String} AND ts < ${timeOf('since')}
     ORDER BY symbol DESC, ts DESC, tick DESC LIMIT 1`,
    { symbol: name, since },
  );
  if (held !== undefined) yield recordOf(held);
  yield* paged<PriceRecord>(async (after) => {
    const behind = after === null ? '1' : `(ts > ${timeOf('since')} OR tick > {tick:UInt64})`;
    const rows = await select(
      client,
      `SELECT ${columns} FROM prices WHERE symbol = {symbol:String} AND ts >= ${timeOf('since')} AND ${behind}
       ORDER BY symbol, ts, tick LIMIT {rows:UInt32} WITH TIES`,
      { symbol: name, since: after?.ts ?? since, tick: after?.tick ?? 0, rows: limits.correctionPageRows },
    );
    return rows.map(recordOf);
  });
}

function priceOf(symbol: number, scale: number, row: Row): PriceRecord {
  const [mid, bid, ask] = [2, 3, 4].map((at) => {
    const decimal = parseMarketDecimal(text(row[at]));
    return decimal === null ? NaN : roundedAtScale(decimal, scale);
  });
  return {
    symbol,
    ts: figure(row[0]),
    tick: figure(row[1]),
    mid: mid ?? NaN,
    bid: bid ?? NaN,
    ask: ask ?? NaN,
  };
}
