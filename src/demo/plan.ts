/**
 * How the simulated market begins: 200 accounts, what each is paid in, and what each holds. The same for every seed of
 * the same value. Knows no NATS; says everything in messages of the contract.
 */
import { Random } from '../random.ts';
import { demoSymbols } from './symbols.ts';
import type { DemoSymbol } from './symbols.ts';

export const accountsPlanned = 200;
/** So many of them are in euros. */
const eurAccounts = 30;
/** So many hold futures and pairs, with more than they have. */
const deskAccounts = 20;
/** Of a euro's or dollar's minor units. */
const minorPerUnit = 100;

export interface OpeningSettlement {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly fee: number;
}

export interface PlannedAccount {
  readonly id: string;
  readonly name: string;
  readonly base: 'USD' | 'EUR';
  readonly type: 'margin' | 'cash';
  readonly depositMinor: number;
  /** Settled in one message. */
  readonly opening: readonly OpeningSettlement[];
}

// prettier-ignore
const firstNames = [
  'Ada', 'Ben', 'Chloe', 'David', 'Elif', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Liam', 'Mara', 'Noah',
  'Olga', 'Paul', 'Quinn', 'Rosa', 'Sven', 'Tara', 'Umar', 'Vera', 'Wout', 'Yara', 'Zoe',
];
// prettier-ignore
const lastNames = [
  'Abbott', 'Berger', 'Costa', 'Dahl', 'Eriksen', 'Fischer', 'Greco', 'Holt', 'Ivanova', 'Jansen', 'Keller', 'Lund',
  'Moreau', 'Novak', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Tanaka', 'Weber',
];

export function planAccounts(seed: number): PlannedAccount[] {
  const random = new Random(seed, 1);
  return Array.from({ length: accountsPlanned }, (_, i) => planAccount(i, random));
}

function planAccount(i: number, random: Random): PlannedAccount {
  const isDesk = i % (accountsPlanned / deskAccounts) === 9;
  const base = i % Math.floor(accountsPlanned / eurAccounts) === 4 ? 'EUR' : 'USD';
  const thousands = isDesk ? random.integer(500, 5_000) : random.integer(10, 500);
  const name = `${firstNames[i % firstNames.length] ?? ''} ${lastNames[(i * 7) % lastNames.length] ?? ''}`;
  return {
    id: String(i + 1),
    name: isDesk ? `${name} (desk)` : name,
    base,
    type: isDesk || i % 3 === 0 ? 'margin' : 'cash',
    depositMinor: thousands * 1_000 * minorPerUnit,
    opening: planOpening(thousands * 1_000, base, isDesk, random),
  };
}

/** 3 to 9 positions that use up most of the deposit; a desk up to three times of it, some of it short. */
function planOpening(units: number, base: string, isDesk: boolean, random: Random): OpeningSettlement[] {
  const wanted = random.integer(3, 9);
  const gearing = isDesk ? random.between(1.5, 3) : random.between(0.5, 0.95);
  const eligible = demoSymbols.filter((symbol) => isDesk || isForEveryone(symbol, base));
  const chosen = new Set<DemoSymbol>();
  while (chosen.size < wanted) chosen.add(random.pick(eligible));
  const opening: OpeningSettlement[] = [];
  for (const symbol of chosen) {
    const target = (units * gearing * random.between(0.5, 1.5)) / wanted;
    const quantity = quantityFor(symbol, target);
    if (quantity === null) continue;
    opening.push({
      id: `demo-open-${opening.length + 1}`,
      symbol: symbol.symbol,
      side: isDesk && random.chance(0.35) ? 'sell' : 'buy',
      quantity,
      price: (symbol.start * random.between(0.995, 1.005)).toFixed(symbol.decimals),
      fee: random.integer(0, 500),
    });
  }
  return opening;
}

/** Futures and pairs are the desks' business; an account in euros holds shares in euros beside the others. */
function isForEveryone({ fields }: DemoSymbol, base: string): boolean {
  if (fields?.style === 'margined') return false;
  return base === 'EUR' || fields?.currency !== 'EUR';
}

/** A quantity of about that value, as text; null where even the smallest is far more. */
export function quantityFor(symbol: DemoSymbol, value: number): string | null {
  const quantity = (value / symbol.unitValue).toFixed(symbol.quantityDecimals);
  return Number(quantity) > 0 ? quantity : null;
}
