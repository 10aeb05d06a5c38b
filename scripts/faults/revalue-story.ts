/**
 * Random events of a few accounts whose worth depends on prices and rates of their moment, and random markets for them
 * to move in. Chance with a seed; knows no process.
 */
import type { Random } from '../../src/random.ts';

export const revalueInstruments = {
  SAP: { currency: 'EUR' },
  SONY: { currency: 'JPY' },
  ACME: {},
  BUND: { currency: 'EUR', style: 'margined', multiplier: 10 },
} as const;

export const revalueAccounts = ['r1', 'r2', 'r3', 'r4'] as const;
/** Holds one of everything, pairs among it: its marks say which prices the engine has. */
export const witness = 'witness';

const symbols = Object.keys(revalueInstruments);
/** So much that no market of the story ruins an account: from then on its nav would be 0, whatever prices do. */
const fundsMinor = 50_000_000_000;
const currencies = ['USD', 'EUR', 'JPY'] as const;

export type Prices = Readonly<Record<string, string>>;

/** Every symbol and every pair. */
export function randomPrices(random: Random): Prices {
  const stocks = symbols.map((symbol): [string, string] => [symbol, random.between(20, 900).toFixed(4)]);
  return Object.fromEntries([
    ...stocks,
    ['EURUSD', random.between(0.8, 1.6).toFixed(5)],
    ['USDJPY', random.between(90, 190).toFixed(3)],
  ]);
}

export interface StoryEvent {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export function openings(): StoryEvent[] {
  const held = [...symbols, 'EURUSD', 'USDJPY'].map((symbol): StoryEvent => {
    const message = { id: `w-${symbol}`, symbol, side: 'buy', quantity: 1, price: 1 };
    return { subject: `settlements.${witness}`, message };
  });
  const opened = revalueAccounts.flatMap((account, i): StoryEvent[] => [
    { subject: `accounts.${account}`, message: { type: 'open', base_currency: i % 2 === 0 ? 'USD' : 'EUR' } },
    {
      subject: `cash.${account}`,
      message: { id: 'first', type: 'deposit', amount: fundsMinor, currency: 'USD' },
    },
  ]);
  return [...held, ...opened];
}

/** `id` is new for the account. */
export function randomEvent(random: Random, id: string): StoryEvent {
  const account = random.pick(revalueAccounts);
  const currency = random.pick(currencies);
  const amount = random.integer(1, 2_000_000);
  const cash = (fields: object): StoryEvent => ({
    subject: `cash.${account}`,
    message: { id, amount, ...fields },
  });
  switch (random.integer(0, 9)) {
    case 0:
      return cash({ type: 'deposit', currency });
    case 1:
      return cash({ type: 'withdrawal', currency });
    case 2:
      return cash({ type: random.chance(0.5) ? 'fee' : 'dividend', currency });
    case 3:
      return cash({
        type: 'conversion',
        currency: 'USD',
        to_currency: 'EUR',
        to_amount: random.integer(1, 2_000_000),
      });
    case 4:
      return {
        subject: `settlements.${account}`,
        message: {
          id,
          type: 'transfer',
          side: 'in',
          symbol: random.pick(['SAP', 'SONY', 'ACME']),
          ...sizes(random),
        },
      };
    default:
      return {
        subject: `settlements.${account}`,
        message: {
          id,
          symbol: random.pick(symbols),
          side: random.chance(0.5) ? 'buy' : 'sell',
          ...sizes(random),
          fee: random.integer(-20, 500),
          fee_currency: currency,
        },
      };
  }
}

function sizes(random: Random): { quantity: number; price: string } {
  return { quantity: random.integer(1, 60), price: random.between(20, 900).toFixed(4) };
}
