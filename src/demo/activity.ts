/**
 * What the accounts of the simulated market do: trade with each other, pay in and out, are charged. Most trades are
 * reversed a while later, so that positions stay of their size however long the market runs. Knows no NATS.
 */
import { limits } from '../../config/limits.ts';
import { quantityFor } from './plan.ts';
import type { PlannedAccount } from './plan.ts';
import type { Random } from '../random.ts';
import type { DemoSymbol } from './symbols.ts';
import type { Walk } from './walk.ts';

export interface DemoTrade {
  readonly id: string;
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  readonly buyer: string;
  readonly seller: string;
  readonly buyer_fee: number;
  readonly seller_fee: number;
}

export interface DemoCash {
  readonly account: string;
  readonly id: string;
  readonly type: 'deposit' | 'withdrawal' | 'fee' | 'interest';
  readonly amount: number;
}

interface OpenTrade {
  readonly symbol: number;
  readonly quantity: string;
  readonly buyer: string;
  readonly seller: string;
}

/** Of an account's first deposit: what a trade is worth at most, and what is paid in or out at once. */
const tradeShareMax = 0.02;
const flowShareMax = 0.03;
const minorPerUnit = 100;

export class Activity {
  private readonly accounts: readonly PlannedAccount[];
  private readonly symbols: readonly DemoSymbol[];
  private readonly walk: Walk;
  private readonly random: Random;
  private readonly run: string;
  private readonly reversible: OpenTrade[] = [];
  private count = 0;

  /** `run` distinguishes the ids of this run from those of all others. */
  constructor(
    accounts: readonly PlannedAccount[],
    symbols: readonly DemoSymbol[],
    walk: Walk,
    random: Random,
    run: string,
  ) {
    this.accounts = accounts;
    this.symbols = symbols;
    this.walk = walk;
    this.random = random;
    this.run = run;
  }

  /** null where the two that met found nothing to trade. */
  trade(): DemoTrade | null {
    const { random, reversible } = this;
    if (reversible.length > 0 && random.chance(reversible.length / limits.demoReversibleTradesMax)) {
      const [open] = reversible.splice(random.integer(0, reversible.length - 1), 1);
      if (open !== undefined) return this.tradeOf({ ...open, buyer: open.seller, seller: open.buyer });
    }
    const symbol = random.integer(0, this.symbols.length - 1);
    const [buyer, seller] = [random.pick(this.accounts), random.pick(this.accounts)];
    const units = Math.min(buyer.depositMinor, seller.depositMinor) / minorPerUnit;
    const traded = this.symbols[symbol];
    if (buyer === seller || traded === undefined) return null;
    const quantity = quantityFor(traded, units * random.between(0.1, 1) * tradeShareMax);
    if (quantity === null) return null;
    const open = { symbol, quantity, buyer: buyer.id, seller: seller.id };
    reversible.push(open);
    return this.tradeOf(open);
  }

  cash(): DemoCash {
    const { random } = this;
    const account = random.pick(this.accounts);
    const type = random.pick(['deposit', 'deposit', 'withdrawal', 'withdrawal', 'fee', 'interest'] as const);
    const isFlow = type === 'deposit' || type === 'withdrawal';
    const amount = isFlow
      ? random.integer(minorPerUnit, Math.floor(account.depositMinor * flowShareMax))
      : random.integer(minorPerUnit, 50 * minorPerUnit);
    return { account: account.id, id: this.id(type), type, amount };
  }

  private tradeOf({ symbol, quantity, buyer, seller }: OpenTrade): DemoTrade {
    return {
      id: this.id('trade'),
      symbol: this.symbols[symbol]?.symbol ?? '',
      price: this.walk.priceText(symbol),
      quantity,
      buyer,
      seller,
      buyer_fee: this.random.integer(0, 200),
      // Who brings liquidity is paid for it.
      seller_fee: this.random.integer(-50, 100),
    };
  }

  private id(kind: string): string {
    this.count++;
    return `demo-${this.run}-${kind}-${this.count}`;
  }
}
