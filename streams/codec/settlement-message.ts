/** A fill, transfer or void of `settlements.<account>`: shape only, whether it may happen is the ledger's to say. */
import { limits } from '../../config/limits.ts';
import type { EventArea, Settlement, VoidEvent } from '../../src/domain/ledger-event.ts';
import { rejected, type Rejected } from '../../src/domain/rejection.ts';
import type { SymbolTable } from '../../src/domain/symbol-table.ts';
import type { FieldReader, Message } from './fields.ts';

export function readSettlement(
  fields: FieldReader,
  m: Message,
  symbols: SymbolTable,
): Settlement | VoidEvent | Rejected {
  fields.start(m);
  const type = m['type'];
  const id = fields.id('id');
  if (type === 'void') return readVoid(fields, id, 'settlements');
  const isTransfer = type === 'transfer';
  const symbol = fields.symbol('symbol');
  const isPositive = isTransfer ? fields.oneOf('side', 'in', 'out') : fields.oneOf('side', 'buy', 'sell');
  const quantity = fields.decimal('quantity');
  const price = fields.decimal('price');
  const fee = fields.optionalInteger('fee', 0);
  const feeCurrency = fields.optionalName('fee_currency', limits.eventNameCharsMax);
  const feeQuantity = fields.optionalDecimal('fee_quantity');
  const source = fields.optionalText('source', limits.eventNameCharsMax);
  const sourceSequence = fields.optionalInteger('sequence', NaN);
  const ts = fields.optionalTime('ts');
  if (fields.wrong !== '' || (type !== undefined && type !== 'fill' && !isTransfer))
    return refused(fields, type);
  return {
    kind: isTransfer ? 'transfer' : 'fill',
    id,
    symbol: symbols.intern(symbol),
    direction: isPositive ? 1 : -1,
    quantity,
    price,
    fee,
    feeCurrency,
    feeQuantity,
    source,
    sourceSequence,
    ts,
  };
}

/** The rest of a void, of which the id was read. */
export function readVoid(fields: FieldReader, id: string, area: EventArea): VoidEvent | Rejected {
  const of = fields.id('of');
  const ts = fields.optionalTime('ts');
  return fields.wrong === '' ? { kind: 'void', area, id, of, ts } : refused(fields, 'void');
}

/** A wrong field comes before an unknown kind. */
export function refused(fields: FieldReader, type: unknown): Rejected {
  if (fields.wrong !== '') return rejected('malformed', fields.wrong);
  return rejected('unknown_kind', typeof type === 'string' ? `type ${type.slice(0, 64)}` : 'type');
}
