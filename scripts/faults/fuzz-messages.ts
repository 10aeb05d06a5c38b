/**
 * Hostile messages for every input: bytes, broken and mutated JSON, wrong types, depth, huge numbers, subjects with
 * more tokens than they have. Chance with a seed. Of each it knows whether it must be refused; where it cannot be sure
 * (a mutation may still be good), it does not say so.
 */
import type { Random } from '../../src/random.ts';

export interface FuzzMessage {
  readonly subject: string;
  readonly data: Buffer;
  /** Whether a stream keeps it, so that its sender gets an acknowledgement. */
  readonly isKept: boolean;
  readonly mustBeRefused: boolean;
}

const accounts = 20;
const depthMax = 2_000;

type Json = Readonly<Record<string, unknown>>;

interface Input {
  /** Its token, for one that has one. */
  readonly subject: (random: Random) => string;
  readonly good: (random: Random) => Json;
  readonly isKept: boolean;
  /** Whether one more token is a message of its own, refused; otherwise nobody listens there. */
  readonly takesMoreTokens: boolean;
}

const account = (random: Random): string => `z${random.integer(1, accounts)}`;
const symbol = (random: Random): string => random.pick(['FZA', 'FZB', 'FZC']);

const inputs: readonly Input[] = [
  {
    subject: (random) => `settlements.${account(random)}`,
    good: (random) => ({
      id: idOf(random),
      symbol: symbol(random),
      side: 'buy',
      quantity: '1',
      price: '10.5',
      ts: 1,
    }),
    isKept: true,
    takesMoreTokens: true,
  },
  {
    subject: (random) => `cash.${account(random)}`,
    good: (random) => ({ id: idOf(random), type: 'deposit', amount: 100, currency: 'USD', ts: 1 }),
    isKept: true,
    takesMoreTokens: true,
  },
  {
    subject: (random) => `accounts.${account(random)}`,
    good: () => ({ type: 'configure', name: 'n', timezone: 'UTC', limits: { a: 1 } }),
    isKept: true,
    takesMoreTokens: true,
  },
  {
    subject: () => 'trades',
    good: (random) => ({
      id: idOf(random),
      symbol: symbol(random),
      price: '10',
      quantity: '1',
      buyer: account(random),
      seller: account(random),
      ts: 1,
    }),
    isKept: true,
    takesMoreTokens: true,
  },
  {
    subject: (random) => `prices.${symbol(random)}`,
    good: () => ({ price: '10.25', ts: 1 }),
    isKept: false,
    takesMoreTokens: true,
  },
  {
    subject: () => 'prices',
    good: (random) => ({ symbol: symbol(random), price: '1', ts: 1 }),
    isKept: false,
    takesMoreTokens: false,
  },
  {
    subject: (random) => `instruments.${symbol(random)}`,
    good: () => ({ sector: 'TECH' }),
    isKept: false,
    takesMoreTokens: true,
  },
  { subject: () => 'ticks', good: () => ({ tick: 1, ts: 1 }), isKept: false, takesMoreTokens: true },
];

let ids = 0;

function idOf(random: Random): string {
  // Some ids come twice.
  return `z-${random.chance(0.05) ? random.integer(0, ids) : ++ids}`;
}

export function fuzzMessage(random: Random): FuzzMessage {
  const input = random.pick(inputs);
  const { isKept } = input;
  const subject = input.subject(random);
  const good = input.good(random);
  const text = JSON.stringify(good);
  const refused = (data: Buffer | string): FuzzMessage => {
    return { subject, data: Buffer.from(data), isKept, mustBeRefused: isRefused(Buffer.from(data)) };
  };
  switch (random.integer(0, 8)) {
    case 0:
      return refused(bytes(random, random.integer(0, 300)));
    case 1:
      return refused(text.slice(0, random.integer(0, text.length - 1)));
    case 2:
      return refused(flipped(random, Buffer.from(text)));
    case 3:
      return refused(JSON.stringify({ ...good, [random.pick(Object.keys(good))]: odd(random) }));
    case 4:
      return refused(JSON.stringify(without(good, random.pick(Object.keys(good)))));
    case 5: {
      const depth = random.integer(1, depthMax);
      return refused(
        random.chance(0.5)
          ? '['.repeat(depth) + ']'.repeat(depth)
          : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      );
    }
    case 6:
      return refused(
        JSON.stringify([good, odd(random), { ...good, [random.pick(Object.keys(good))]: odd(random) }]),
      );
    case 7:
      return refused(text.replace(/"?[\d.]+"?(?=[,}])/, huge(random)));
    default:
      if (!input.takesMoreTokens) return refused('null');
      return { subject: `${subject}.more`, data: Buffer.from(text), isKept, mustBeRefused: isKept };
  }
}

/** Certainly: no JSON at all, or JSON that is neither an object nor an array with something in it. */
function isRefused(data: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value !== 'object' || value === null;
  } catch {
    return true;
  }
}

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
}

function flipped(random: Random, data: Buffer): Buffer {
  for (let i = random.integer(1, 4); i > 0; i--)
    data[random.integer(0, data.length - 1)] = random.integer(0, 255);
  return data;
}

function without(from: Json, name: string): Json {
  return Object.fromEntries(Object.entries(from).filter(([each]) => each !== name));
}

function odd(random: Random): unknown {
  return random.pick<unknown>([
    null,
    true,
    '',
    ' ',
    0,
    -1,
    1.5,
    [],
    {},
    [[]],
    'x'.repeat(300),
    '\u0000',
    '1e400',
    'NaN',
    '-0',
    Number.MAX_SAFE_INTEGER,
    1e308,
    '99999999999999999999999999',
    { toString: 1 },
    { __proto__: null, constructor: 1 },
    '..>*',
  ]);
}

function huge(random: Random): string {
  return random.pick([
    '9'.repeat(400),
    '1e309',
    '-1e309',
    '0.' + '1'.repeat(400),
    '"' + '9'.repeat(60) + '"',
    '-0',
    '1E+2',
  ]);
}
