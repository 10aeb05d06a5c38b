/** `settlements.<account>`, `cash.<account>`, `accounts.<account>`: what the stream LEDGER holds. */
import Type, { type TProperties, type TSchema } from 'typebox';
import { limits } from '../../../config/limits.ts';
import { decimal, id, minorUnits, name, safeInteger, symbol, text, time } from './parts.ts';

/** One message is one element or an array of them. */
function oneOrMany(element: TSchema, description: string): TSchema {
  return Type.Union([element, Type.Array(element, { minItems: 1 })], { description });
}

const settled = {
  id,
  source: Type.Optional(text),
  symbol,
  quantity: decimal,
  price: decimal,
  fee: Type.Optional(minorUnits),
  fee_currency: Type.Optional(name),
  fee_quantity: Type.Optional(decimal),
  sequence: Type.Optional(safeInteger),
  ts: Type.Optional(time),
} satisfies TProperties;

const either = (a: string, b: string): TSchema => Type.Union([Type.Literal(a), Type.Literal(b)]);

/** Undoes an earlier event of the same subject, by its id. */
const voidMessage = Type.Object({ type: Type.Literal('void'), id, of: id, ts: Type.Optional(time) });

export const settlement = Type.Union([
  Type.Object({ type: Type.Optional(Type.Literal('fill')), side: either('buy', 'sell'), ...settled }),
  Type.Object({ type: Type.Literal('transfer'), side: either('in', 'out'), ...settled }),
  voidMessage,
]);

export const settlementMessage = oneOrMany(
  settlement,
  'A fill, a transfer in kind, or the void of one. The quantity is positive beside its side; a negative fee is a rebate.',
);

const booked = {
  id,
  amount: minorUnits,
  currency: Type.Optional(name),
  symbol: Type.Optional(symbol),
  effective_at: Type.Optional(time),
  notes: Type.Optional(Type.String({ maxLength: limits.eventNotesCharsMax })),
  ts: Type.Optional(time),
} satisfies TProperties;

const flowTypes = ['deposit', 'withdrawal', 'fee', 'dividend', 'interest'].map((each) => Type.Literal(each));

export const cash = Type.Union([
  Type.Object({
    type: Type.Union(flowTypes),
    to_currency: Type.Optional(name),
    to_amount: Type.Optional(minorUnits),
    ...booked,
  }),
  Type.Object({ type: Type.Literal('conversion'), to_currency: name, to_amount: minorUnits, ...booked }),
  voidMessage,
]);

export const cashMessage = oneOrMany(
  cash,
  'A flow, fee, dividend, interest, currency conversion, or the void of one; fee, dividend and interest may be negative.',
);

const adminTypes = ['open', 'configure', 'suspend', 'resume', 'close'].map((each) => Type.Literal(each));

export const account = Type.Object({
  type: Type.Union(adminTypes),
  name: Type.Optional(text),
  base_currency: Type.Optional(name),
  timezone: Type.Optional(Type.String({ minLength: 1, description: 'An IANA time zone.' })),
  cutover: Type.Optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
  account_type: Type.Optional(name),
  benchmark: Type.Optional(name),
  margin_model: Type.Optional(name),
  limits: Type.Optional(Type.Union([Type.Object({}), Type.Array(Type.Unknown())])),
  ts: Type.Optional(time),
});

export const accountMessage = oneOrMany(
  account,
  'Opens, configures, suspends, resumes or closes an account.',
);
