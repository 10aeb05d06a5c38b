/** A flow, fee, dividend, interest, conversion or void of `cash.<account>`: shape only. */
import { limits } from '../../config/limits.ts';
import { cashKinds, type CashEvent, type CashKind, type VoidEvent } from '../../src/domain/ledger-event.ts';
import type { Rejected } from '../../src/domain/rejection.ts';
import type { FieldReader, Message } from './fields.ts';
import { readVoid, refused } from './settlement-message.ts';

export function readCash(fields: FieldReader, m: Message): CashEvent | VoidEvent | Rejected {
  fields.start(m);
  const id = fields.id('id');
  const type = m['type'];
  if (type === 'void') return readVoid(fields, id, 'cash');
  const isConversion = type === 'conversion';
  if (typeof type !== 'string' || type === '') fields.fail('type', null);
  const amount = fields.integer('amount');
  const currency = fields.optionalName('currency', limits.eventNameCharsMax);
  const toCurrency = isConversion
    ? fields.name('to_currency', limits.eventNameCharsMax)
    : fields.optionalName('to_currency', limits.eventNameCharsMax);
  const toAmount = isConversion ? fields.integer('to_amount') : fields.optionalInteger('to_amount', 0);
  const symbol = fields.optionalSymbol('symbol');
  const effectiveOn = typeof m['effective_at'] === 'string' ? fields.date('effective_at') : '';
  const effectiveAt = effectiveOn === '' ? fields.optionalTime('effective_at') : NaN;
  const notes = fields.optionalText('notes', limits.eventNotesCharsMax);
  const ts = fields.optionalTime('ts');
  if (fields.wrong !== '' || !isCashKind(type)) return refused(fields, type);
  return {
    kind: type,
    id,
    amount,
    currency,
    toCurrency,
    toAmount,
    symbol,
    effectiveAt,
    effectiveOn,
    notes,
    ts,
  };
}

function isCashKind(type: unknown): type is CashKind {
  return (cashKinds as readonly unknown[]).includes(type);
}
