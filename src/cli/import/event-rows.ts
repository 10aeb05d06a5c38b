/**
 * Rows of settlements, cash and trades to the messages of the contract, judged as the engine would judge their shape,
 * so that a bad row is told by its line. Whether an event may happen is the ledger's to say.
 */
import { createHash } from 'node:crypto';
import { FieldReader } from '../../../streams/codec/fields.ts';
import { readCash } from '../../../streams/codec/cash-message.ts';
import { readSettlement } from '../../../streams/codec/settlement-message.ts';
import { isId, isTradeId } from '../../domain/identifier.ts';
import { isDate } from '../../domain/session-day.ts';
import { SymbolTable } from '../../domain/symbol-table.ts';
import type { Columns } from './columns.ts';
import type { ImportKind } from './layouts.ts';
import { notATime } from './price-rows.ts';
import { malformed, type RefusedRow, type RowReader } from './record.ts';
import { timeFields, type RowTime } from './row-time.ts';

type Message = Record<string, string | number>;
type EventKind = Exclude<ImportKind, 'prices'>;

const integers = new Set(['fee', 'sequence', 'amount', 'to_amount', 'buyer_fee', 'seller_fee']);

/** `fileName`: rows without an id get one from it, their line and their content. */
export function eventReader(kind: EventKind, columns: Columns, time: RowTime, fileName: string): RowReader {
  const timeField = timeFields.find((field) => columns.has(field));
  const fields = [...columns].filter(([field]) => !(timeFields as readonly string[]).includes(field));
  const judge = judges[kind]();

  return (cells, line) => {
    const message: Message = {};
    for (const [field, at] of fields) {
      const cell = cells[at] ?? '';
      if (cell === '') continue;
      if (integers.has(field)) {
        if (!/^-?\d+$/.test(cell)) return malformed(line, `${field}: ${JSON.stringify(cell)} is no integer`);
        message[field] = Number(cell);
      } else if (field === 'effective_at') {
        // A day stays a day: when it begins and ends is the account's calendar to say.
        const ms = isDate(cell) ? NaN : time.read('ts', cell);
        if (!isDate(cell) && !(ms >= 0)) return notATime(line, field, cell);
        message[field] = isDate(cell) ? cell : ms;
      } else message[field] = cell;
    }
    let ts = NaN;
    if (timeField !== undefined) {
      const cell = cells[columns.get(timeField) ?? -1] ?? '';
      ts = time.read(timeField, cell);
      if (!(ts >= 0)) return notATime(line, timeField, cell);
      message['ts'] = ts;
    }
    const { account, ...rest } = message;
    message['id'] ??= rowId(fileName, line, cells);
    rest['id'] = message['id'];
    if (kind !== 'trades' && !isId(String(account ?? ''))) {
      return malformed(line, `account: ${JSON.stringify(account ?? '')} is no account id`);
    }
    const refused = judge(rest, line);
    if (refused !== null) return refused;
    const subject = kind === 'trades' ? 'trades' : `${kind}.${account ?? ''}`;
    return { subject, body: JSON.stringify(rest), batchBody: '', ts, line };
  };
}

type Judge = (message: Message, line: number) => RefusedRow | null;

const judges: Readonly<Record<EventKind, () => Judge>> = {
  settlements: () => {
    const reader = new FieldReader();
    const symbols = new SymbolTable();
    return (message, line) => {
      const read = readSettlement(reader, message, symbols);
      return read.kind === 'rejected' ? { line, reason: read.reason, detail: read.detail } : null;
    };
  },
  cash: () => {
    const reader = new FieldReader();
    return (message, line) => {
      const read = readCash(reader, message);
      return read.kind === 'rejected' ? { line, reason: read.reason, detail: read.detail } : null;
    };
  },
  trades: () => {
    const reader = new FieldReader();
    return (message, line) => {
      reader.start(message);
      if (!isTradeId(String(message['id']))) reader.fail('id', null);
      reader.symbol('symbol');
      reader.decimal('quantity');
      reader.decimal('price');
      reader.id('buyer');
      reader.id('seller');
      reader.optionalInteger('buyer_fee', 0);
      reader.optionalInteger('seller_fee', 0);
      return reader.wrong === '' ? null : malformed(line, reader.wrong);
    };
  },
};

/** The same row of the same file has the same id: importing the file again changes nothing. */
function rowId(fileName: string, line: number, cells: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([fileName, line, cells]));
  return `row-${hash.digest('hex').slice(0, 24)}`;
}
