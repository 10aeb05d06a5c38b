/**
 * Random histories of a few accounts: messages, prices and ticks, as arbitraries that shrink. What they hold is mostly
 * sensible and sometimes not: refused messages, duplicates, conflicts, quotes that come late.
 */
import fc from 'fast-check';
import type { OracleInstrument, PriceMessage } from './oracle/market.ts';

export type Step =
  | { readonly step: 'event'; readonly subject: string; readonly message: Readonly<Record<string, unknown>> }
  | { readonly step: 'price'; readonly symbol: string; readonly message: PriceMessage }
  /** Time goes on; what follows is later. */
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'tick' };

/** Both styles, three currencies, whole and fractional multipliers, scales from 0 to 8. */
export const instruments: Readonly<Record<string, Partial<OracleInstrument>>> = {
  ACME: {},
  SAP: { currency: 'EUR' },
  NIKKEI: { currency: 'JPY', price_scale: 2, quantity_scale: 0, multiplier: 10, style: 'margined' },
  ES: { multiplier: 50, style: 'margined', price_scale: 2 },
  BUND: { currency: 'EUR', multiplier: '0.25', style: 'margined', price_scale: 3, quantity_scale: 2 },
  COIN: { quantity_scale: 8, price_scale: 2 },
};

const symbols = Object.keys(instruments);
const pairs = { EURUSD: [0.5, 2], USDJPY: [80, 160] } as const;
const currencies = ['USD', 'USD', 'EUR', 'EUR', 'JPY'] as const;

const cents = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((x) => (x / 100).toFixed(2));
const quantity = fc.integer({ min: 1, max: 60 }).map(String);
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** What is left out is absent, as on the wire. */
function withoutAbsent(message: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));
}

const ids = fc.integer({ min: 1, max: 400 }).map((n) => `i${n}`);

const fill = fc.record({
  id: ids,
  symbol: fc.constantFrom(...symbols),
  side: fc.constantFrom('buy', 'sell'),
  quantity: fc.oneof(
    { weight: 6, arbitrary: quantity },
    { weight: 1, arbitrary: fc.constantFrom('0.5', '7.25', 0.01, '0', '-3', '1.000000001') },
  ),
  price: fc.oneof(
    { weight: 6, arbitrary: cents(-300, 9000) },
    { weight: 1, arbitrary: fc.constantFrom('33.3333', 12.5, '0', '1.23456') },
  ),
  fee: sometimes(fc.integer({ min: -40, max: 90 })),
  fee_currency: sometimes(fc.constantFrom(...currencies)),
  fee_quantity: sometimes(fc.constantFrom('0.001', '0.5', '1', '-0.25')),
});

const transfer = fc.record({
  id: ids,
  type: fc.constant('transfer'),
  symbol: fc.constantFrom(...symbols),
  side: fc.constantFrom('in', 'out'),
  quantity,
  price: cents(1, 9000),
});

const cash = fc.record({
  id: ids,
  type: fc.constantFrom('deposit', 'deposit', 'withdrawal', 'fee', 'dividend', 'interest'),
  amount: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 250_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -900, max: 0 }) },
  ),
  currency: sometimes(fc.constantFrom(...currencies)),
});

const conversion = fc.record({
  id: ids,
  type: fc.constant('conversion'),
  amount: fc.integer({ min: 1, max: 50_000 }),
  currency: fc.constantFrom(...currencies),
  to_currency: fc.constantFrom(...currencies),
  to_amount: fc.integer({ min: 1, max: 50_000 }),
});

/** Takes everything out, so that accounts are emptied, wiped out and begin again. */
const large = fc.record({
  id: ids,
  type: fc.constantFrom('deposit', 'withdrawal', 'fee'),
  amount: fc.constantFrom(50_000, 100_000, 99_999, 1, 250_000, 1_000_000),
});

/** `of` is resolved when the whole history is there. */
const voided = fc.record({
  id: ids,
  type: fc.constant('void'),
  of: fc.integer({ min: 0, max: 999 }),
});

/** Voids name other messages of their subject, earlier or later, or nothing that ever comes. */
function resolveVoids(steps: readonly Step[]): Step[] {
  return steps.map((step) => {
    if (step.step !== 'event' || step.message['type'] !== 'void') return step;
    const pick = step.message['of'] as number;
    const others = steps.filter((each) => each.step === 'event' && each.subject === step.subject);
    const target = others[pick % others.length];
    const of = pick % 10 === 9 || target?.step !== 'event' ? 'unknown' : (target.message['id'] ?? 'x');
    return { ...step, message: { ...step.message, of } };
  });
}

const administration = fc.oneof(
  fc.record({ type: fc.constantFrom('open', 'configure', 'suspend', 'resume', 'close') }),
  fc.record({ type: fc.constant('open'), base_currency: fc.constantFrom('USD', 'EUR', 'JPY') }),
);

const broken = fc.constantFrom(
  { subject: 'settlements', message: { id: 'x', symbol: 'ACME', side: 'hold', quantity: 1, price: 1 } },
  {
    subject: 'settlements',
    message: { id: 'x', type: 'swap', symbol: 'ACME', side: 'buy', quantity: 1, price: 1 },
  },
  { subject: 'settlements', message: { symbol: 'ACME', side: 'buy', quantity: 1, price: 1 } },
  {
    subject: 'settlements',
    message: { id: 'x', symbol: 'ACME', side: 'buy', quantity: 1, price: 1, fee_currency: 'usd' },
  },
  { subject: 'cash', message: { id: 'x', type: 'deposit', amount: 1.5 } },
  { subject: 'cash', message: { id: 'x', type: 'gift', amount: 1 } },
  { subject: 'cash', message: { id: 'x', type: 'deposit', amount: 5, currency: 'Dollars' } },
);

/** Near the ends of the safe integers, where sums must be refused before they lose a cent. */
const enormous = fc.oneof(
  fc.record({
    id: ids,
    type: fc.constantFrom('deposit', 'withdrawal', 'fee', 'interest'),
    amount: fc.constantFrom(2 ** 53 - 1, 2 ** 52 + 1, 6_004_799_503_160_661, 2 ** 51 - 1),
    currency: sometimes(fc.constantFrom(...currencies)),
  }),
  fc.record({
    id: ids,
    symbol: fc.constantFrom(...symbols),
    side: fc.constantFrom('buy', 'sell'),
    quantity: fc.constantFrom('900719925474', '1000000', '90071992.54', '37000001', '99999999999999999999'),
    price: fc.constantFrom('90071992.54', '1000000', '33.33', '-4503599.62', '99999999999999999999'),
    fee: sometimes(fc.constantFrom(2 ** 53 - 1, -(2 ** 52) - 1)),
  }),
);

function messages(accounts: readonly string[], hasExtremes: boolean, hasVoids: boolean): fc.Arbitrary<Step> {
  const to = (subject: string, arbitrary: fc.Arbitrary<object>): fc.Arbitrary<Step> =>
    fc.tuple(fc.constantFrom(...accounts), arbitrary).map(([account, message]) => {
      return { step: 'event', subject: `${subject}.${account}`, message: withoutAbsent(message) };
    });
  const huge = fc.tuple(fc.constantFrom(...accounts), enormous).map(([account, message]): Step => {
    const subject = `${'type' in message ? 'cash' : 'settlements'}.${account}`;
    return { step: 'event', subject, message: withoutAbsent(message) };
  });
  return fc.oneof(
    { weight: 10, arbitrary: to('settlements', fill) },
    { weight: 1, arbitrary: to('settlements', transfer) },
    { weight: 4, arbitrary: to('cash', cash) },
    { weight: 1, arbitrary: to('cash', conversion) },
    { weight: 2, arbitrary: to('cash', large) },
    { weight: 1, arbitrary: to('accounts', administration) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...accounts), broken)
        .map(([account, { subject, message }]): Step => {
          return { step: 'event', subject: `${subject}.${account}`, message };
        }),
    },
    ...(hasExtremes ? [{ weight: 10, arbitrary: huge }] : []),
    ...(hasVoids
      ? [
          { weight: 4, arbitrary: to('settlements', voided) },
          { weight: 2, arbitrary: to('cash', voided) },
        ]
      : []),
  );
}

const stamped = fc.integer({ min: 1, max: 5 });

const wildPrice: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...symbols), fc.constantFrom('90071992.54', '-45035996.27', '450359962737'), stamped)
  .map(([symbol, price, ts]) => ({ step: 'price', symbol, message: { price, ts } }));

const plainPrice: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(...symbols), cents(-200, 9000), stamped)
  .map(([symbol, price, ts]) => ({ step: 'price', symbol, message: { price, ts } }));

const quote: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom(...symbols),
    fc.integer({ min: 100, max: 9000 }),
    fc.integer({ min: 0, max: 40 }),
    stamped,
  )
  .map(([symbol, bid, spread, ts]) => {
    return { step: 'price', symbol, message: { bid: (bid / 100).toFixed(2), ask: (bid + spread) / 100, ts } };
  });

/** A price that is not positive is no rate: what is in that currency leaves equity again. */
const rate: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom('EURUSD', 'USDJPY'),
    fc.oneof(
      { weight: 12, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom('0', '-1.1') },
    ),
    stamped,
  )
  .map(([symbol, share, ts]) => {
    const [low, high] = pairs[symbol];
    const price = typeof share === 'string' ? share : (low + share * (high - low)).toFixed(4);
    return { step: 'price', symbol, message: { price, ts } };
  });

/** Most ticks are close to each other; now and then a session ends in between. */
const wait: fc.Arbitrary<Step> = fc
  .constantFrom(25, 1_000, 3_600_000, 5 * 3_600_000, 30 * 3_600_000)
  .map((ms) => ({ step: 'wait', ms }));

export interface HistoryShape {
  readonly accounts?: readonly string[];
  readonly minLength?: number;
  readonly maxLength: number;
  /** Amounts and prices near the ends of the safe integers among the others. */
  readonly hasExtremes?: boolean;
  /** Voids among the others: of earlier, later, unknown and voided events, and of voids. */
  readonly hasVoids?: boolean;
}

/** Ends with a tick, so that its end can be compared. */
export function histories(shape: HistoryShape): fc.Arbitrary<Step[]> {
  const { accounts = ['a', 'b'], minLength = 0, maxLength, hasExtremes = false, hasVoids = false } = shape;
  const step = fc.oneof(
    { weight: 10, arbitrary: messages(accounts, hasExtremes, hasVoids) },
    { weight: 3, arbitrary: plainPrice },
    { weight: 1, arbitrary: quote },
    { weight: 1, arbitrary: rate },
    { weight: 4, arbitrary: fc.constant<Step>({ step: 'tick' }) },
    { weight: 1, arbitrary: wait },
    ...(hasExtremes ? [{ weight: 2, arbitrary: wildPrice }] : []),
  );
  return fc
    .array(step, { minLength, maxLength, size: 'max' })
    .map((steps) => [...resolveVoids(steps), { step: 'tick' }]);
}
