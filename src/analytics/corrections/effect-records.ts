/**
 * Effects of an account as a walk needs them, in order: what flowed, what was voided, what else happened to positions of
 * which fills were voided; and how many positions were open. Quantities and prices at the scales of their instruments.
 */
import { limits } from '../../../config/limits.ts';
import type { EffectRecord } from '../../corrections/records.ts';
import { parseDecimal, roundedAtScale } from '../../domain/decimal.ts';
import type { InstrumentTable } from '../../domain/instrument.ts';
import { figure, paged, select, text, type Row, type Reader } from './select.ts';

const columns = `sequence, idx, toUnixTimestamp64Milli(ts), kind, splitByChar('.', subject)[1], id, detail,
  toUnixTimestamp64Milli(effective_at), symbol, side, toString(quantity), toString(price), toString(fee_quantity),
  toString(quantity_before), toString(quantity_after), cost_before, cost_after, realized, position_realized, currency,
  cash_effect, fee, fee_currency, amount, to_currency, to_amount, fees_base, income_base, flow_base, equity_before,
  toInt8(quantity_after != 0) - toInt8(quantity_before != 0), nav_before, nav, units,
  realized_base, rate`;

const concerns = `(kind IN ('deposit', 'withdrawal', 'transfer', 'conversion', 'void', 'booked')
  OR (quantity_before = 0) != (quantity_after = 0)
  OR symbol IN (SELECT symbol FROM effects WHERE account_id = {account:String} AND kind = 'void' AND symbol != '')
  OR id IN (SELECT detail FROM effects WHERE account_id = {account:String} AND kind = 'void'))
  AND kind NOT IN ('rejected', 'rebase')`;

/** Of events before a LEDGER sequence. */
export async function* effectRecords(
  client: Reader,
  account: string,
  before: number,
  instruments: InstrumentTable,
): AsyncGenerator<EffectRecord> {
  let openPositions = 0;
  const rows = paged<Row>(async (after) => {
    const behind =
      after === null
        ? '1'
        : "(sequence, idx, ts) > ({sequence:UInt64}, {idx:UInt32}, fromUnixTimestamp64Milli({ts:Int64}, 'UTC'))";
    return select(
      client,
      `SELECT ${columns} FROM effects
       WHERE account_id = {account:String} AND sequence >= {sequence:UInt64} AND sequence < {before:UInt64}
         AND ${behind} AND ${concerns}
       ORDER BY account_id, sequence, idx, ts LIMIT {rows:UInt32} WITH TIES`,
      {
        account,
        before,
        sequence: figure(after?.[0] ?? 0),
        idx: figure(after?.[1] ?? 0),
        ts: figure(after?.[2] ?? 0),
        rows: limits.correctionPageRows,
      },
    );
  });
  for await (const row of rows) {
    openPositions += figure(row[30]);
    yield recordOf(row, instruments, openPositions);
  }
}

function recordOf(row: Row, instruments: InstrumentTable, openPositions: number): EffectRecord {
  const kind = text(row[3]);
  const name = text(row[8]);
  const symbol = name === '' ? -1 : instruments.symbols.find(name);
  const { priceScale, quantityScale } =
    symbol < 0 ? { priceScale: 0, quantityScale: 0 } : instruments.get(symbol);
  const scaled = (at: number, scale: number): number =>
    symbol < 0 ? 0 : roundedAtScale(parseDecimal(text(row[at])) ?? { coefficient: 0, scale: 0 }, scale);
  const isOut = row[9] === 'sell' || row[9] === 'out';
  const quantity = scaled(10, quantityScale);
  const isSettlement =
    kind === 'fill' || kind === 'transfer' || (kind === 'void' && row[4] === 'settlements');
  return {
    sequence: figure(row[0]),
    index: figure(row[1]),
    time: figure(row[2]),
    kind,
    area: isSettlement ? 'settlements' : 'cash',
    id: text(row[5]),
    of: kind === 'void' ? text(row[6]) : '',
    effectiveAt: figure(row[7]),
    symbol: isSettlement ? symbol : -1,
    quantity: isOut ? 0 - quantity : quantity,
    price: scaled(11, priceScale),
    feeQuantity: scaled(12, quantityScale),
    quantityBefore: scaled(13, quantityScale),
    quantityAfter: scaled(14, quantityScale),
    costBefore: figure(row[15]),
    costAfter: figure(row[16]),
    realized: figure(row[17]),
    positionRealized: figure(row[18]),
    currency: text(row[19]),
    cashEffect: figure(row[20]),
    fee: figure(row[21]),
    feeCurrency: text(row[22]),
    amount: figure(row[23]),
    toCurrency: text(row[24]),
    toAmount: figure(row[25]),
    realizedBase: figure(row[34]),
    feesBase: figure(row[26]),
    incomeBase: figure(row[27]),
    flowBase: figure(row[28]),
    equityBefore: figure(row[29]),
    rate: figure(row[35]),
    navBefore: figure(row[31]),
    nav: figure(row[32]),
    units: figure(row[33]),
    openPositions,
  };
}

/** Flows that took effect before they were booked and were not voided, by when they took effect. */
export async function backdatedFlows(
  client: Reader,
  account: string,
  before: number,
  instruments: InstrumentTable,
  isVoided: (id: string) => boolean,
): Promise<EffectRecord[]> {
  const rows = await select(
    client,
    `SELECT ${columns} FROM effects
     WHERE account_id = {account:String} AND sequence < {before:UInt64}
       AND kind IN ('deposit', 'withdrawal') AND effective_at < ts
     ORDER BY effective_at, sequence, idx`,
    { account, before },
  );
  return rows.map((row) => recordOf(row, instruments, 0)).filter(({ id }) => !isVoided(id));
}
