/**
 * Random stories that history is corrected in: fills, transfers, flows and charges of which some are voided later and
 * some flows are booked late, between ticks with prices. Owns what happens in which order; who is told is a Told.
 */
import fc from 'fast-check';

type Fields = Readonly<Record<string, unknown>>;

/** Two ledgers: that of what came, and that of what should have been. */
export interface Told {
  tell(subject: string, fields: Fields, time: number): void;
  mean(subject: string, fields: Fields, time: number): void;
  both(subject: string, fields: Fields, time: number): void;
  price(symbol: string, price: string | number): void;
}

export interface CorrectionShape {
  readonly accounts?: readonly string[];
  readonly symbols: readonly string[];
  /** Of flows and charges; '' is that of the account. */
  readonly currencies?: readonly string[];
  /** By symbol: lowest and highest, in hundredths. */
  readonly rates?: Readonly<Record<string, readonly [number, number]>>;
}

/** Steps after which something is booked, or voided; null: never. */
const later = fc.option(fc.integer({ min: 0, max: 8 }), { nil: null, freq: 2 });
const cents = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((x) => (x / 100).toFixed(2));

function eventOf({ accounts = ['a'], symbols, currencies = [''] }: CorrectionShape) {
  const account = fc.constantFrom(...accounts);
  const currency = fc.constantFrom(...currencies);
  const fill = fc.record({
    what: fc.constant('fill' as const),
    account,
    symbol: fc.constantFrom(...symbols),
    side: fc.constantFrom('buy', 'sell'),
    quantity: fc.constantFrom('1', '2', '10', '0.5', '7', '3.1234'),
    price: cents(100, 9000),
    fee: fc.constantFrom(0, 0, 5, -3, 120),
    feeQuantity: fc.constantFrom(null, null, null, '0.01'),
    voidAfter: later,
  });
  const transfer = fc.record({
    what: fc.constant('transfer' as const),
    account,
    symbol: fc.constantFrom('ACME', 'COIN'),
    side: fc.constantFrom('in', 'out'),
    quantity: fc.constantFrom('1', '4'),
    price: cents(100, 9000),
    voidAfter: later,
  });
  const flow = fc.record({
    what: fc.constant('flow' as const),
    account,
    currency,
    type: fc.constantFrom('deposit', 'deposit', 'withdrawal'),
    amount: fc.constantFrom(1, 500, 100_000, 250_000, 1_000_000, 33_333),
    bookAfter: later,
    voidAfter: later,
  });
  const charge = fc.record({
    what: fc.constant('charge' as const),
    account,
    currency,
    type: fc.constantFrom('fee', 'dividend', 'interest'),
    amount: fc.constantFrom(1, 250, -40, 9_000),
    voidAfter: later,
  });
  return fc.oneof(fill, fill, flow, flow, charge, transfer);
}

export function correctionSteps(shape: CorrectionShape) {
  const marks = fc.tuple(fc.constantFrom(...shape.symbols), cents(100, 9000));
  const rates = Object.entries(shape.rates ?? {}).map(([symbol, [low, high]]) =>
    fc.tuple(fc.constant(symbol), cents(low, high)),
  );
  return fc.record({
    events: fc.array(eventOf(shape), { maxLength: 3 }),
    prices: fc.array(fc.oneof(marks, ...rates), { maxLength: 2 }),
    ms: fc.constantFrom(1_000, 1_000, 60_000, 5 * 3_600_000, 30 * 3_600_000),
  });
}

export type CorrectionStep = ReturnType<typeof correctionSteps> extends fc.Arbitrary<infer T> ? T : never;
type Event = CorrectionStep['events'][number];

function messageOf(id: string, e: Event): [string, Record<string, unknown>] {
  switch (e.what) {
    case 'fill': {
      const { symbol, side, quantity, price, fee } = e;
      const inKind = e.feeQuantity !== null && symbol === 'COIN' ? { fee_quantity: e.feeQuantity } : {};
      return [`settlements.${e.account}`, { id, symbol, side, quantity, price, fee, ...inKind }];
    }
    case 'transfer': {
      const { symbol, side, quantity, price } = e;
      return [`settlements.${e.account}`, { id, type: 'transfer', symbol, side, quantity, price }];
    }
    default: {
      const currency = e.currency === '' ? {} : { currency: e.currency };
      return [`cash.${e.account}`, { id, type: e.type, amount: e.amount, ...currency }];
    }
  }
}

/**
 * Tells steps from `startMs` on, and yields the time of the tick behind each, which is the caller's to do; what he
 * answers is when the next step begins, if not then. Flows that took effect in a step are the first of it; what is due
 * behind the last step comes in it.
 */
export function* tellSteps(
  told: Told,
  steps: readonly CorrectionStep[],
  startMs: number,
): Generator<number, void, number | undefined> {
  const todo: ((at: number) => void)[][] = steps.map(() => []);
  const last = steps.length - 1;
  let time = startMs;
  for (const [i, { events, prices, ms }] of steps.entries()) {
    const began = time;
    let clock = began + 10;
    const next = (): number => clock++;
    events.forEach((e, n) => {
      if (e.what !== 'flow' || e.bookAfter === null) return;
      const id = `i${i}-${n}`;
      const effectiveAt = began + 1 + n;
      const [subject, message] = messageOf(id, e);
      if (e.voidAfter === null) told.mean(subject, message, effectiveAt);
      const booked = Math.min(last, i + e.bookAfter);
      todo[booked]?.push((at) => {
        told.tell(subject, { ...message, effective_at: effectiveAt }, at);
      });
    });
    events.forEach((e, n) => {
      const id = `i${i}-${n}`;
      const [subject, message] = messageOf(id, e);
      const isLate = e.what === 'flow' && e.bookAfter !== null;
      if (!isLate) {
        if (e.voidAfter === null) told.both(subject, message, next());
        else told.tell(subject, message, next());
      }
      if (e.voidAfter === null) return;
      const from = isLate ? Math.min(last, i + (e.bookAfter ?? 0)) : i;
      todo[Math.min(last, from + e.voidAfter)]?.push((at) => {
        told.tell(subject, { id: `v${id}`, type: 'void', of: id }, at);
      });
    });
    for (const act of todo[i] ?? []) act(next());
    for (const [symbol, price] of prices) told.price(symbol, price);
    time = began + ms;
    time = (yield time) ?? time;
  }
}
