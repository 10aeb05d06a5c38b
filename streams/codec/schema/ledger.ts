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

const date = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description:
    "A session day of the account, YYYY-MM-DD: a deposit takes effect at its start, a withdrawal at its end; today's is now.",
});

const booked = {
  id,
  amount: minorUnits,
  currency: Type.Optional(name),
  symbol: Type.Optional(symbol),
  effective_at: Type.Optional(Type.Union([time, date])),
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

const admin = Type.Object({
  type: Type.Union(adminTypes),
  name: Type.Optional(text),
  base_currency: Type.Optional(name),
  timezone: Type.Optional(Type.String({ minLength: 1, description: 'An IANA time zone.' })),
  cutover: Type.Optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
  calendar: Type.Optional(either('weekdays', 'all')),
  account_type: Type.Optional(name),
  benchmark: Type.Optional(name),
  margin_model: Type.Optional(name),
  limits: Type.Optional(Type.Union([Type.Object({}), Type.Array(Type.Unknown())])),
  ts: Type.Optional(time),
});

const orNull = (schema: TSchema): TSchema => Type.Union([schema, Type.Null()]);
const drawdown = Type.Number({ minimum: -1, maximum: 0 });

/** Written by the system itself after a correction of history; taken where the account waits for it. */
const rebase = Type.Object({
  type: Type.Literal('rebase'),
  id: Type.String({ pattern: '^rebase-[1-9][0-9]*$', description: 'rebase-<of>' }),
  of: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'LEDGER sequence of the last correction that it covers.',
  }),
  from: time,
  through: time,
  units_factor: orNull(Type.Number({ exclusiveMinimum: 0 })),
  units: orNull(Type.Number()),
  nav: orNull(Type.Number({ minimum: 0 })),
  epoch: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  wiped_out: Type.Boolean(),
  peak_nav: orNull(Type.Number({ exclusiveMinimum: 0 })),
  peak_ts: orNull(time),
  max_drawdown: drawdown,
  max_drawdown_life: drawdown,
  peak_profit: minorUnits,
  day_open_nav: Type.Number({ minimum: 0 }),
  day_open_equity: minorUnits,
  ts: Type.Optional(time),
});

export const account = Type.Union([admin, rebase]);

export const accountMessage = oneOrMany(
  account,
  'Opens, configures, suspends, resumes or closes an account; or, written by the system itself, rebases one.',
);
