/** Random events of the ledger: fills of every kind of instrument, and cash of every kind that needs no rate's moment. */
import type { Random } from '../../src/random.ts';
import {
  holdingsOf,
  priceMax,
  priceMin,
  priceScale,
  quantityScale,
  symbolName,
  type LoadPlan,
} from '../../src/load/plan.ts';
import { baseOf, currencies, instrumentOf } from './market.ts';
import type { SentEvent } from './sent-log.ts';

const quantityUnit = 10 ** quantityScale;
const nothing = { symbol: -1, quantity: 0, price: 0, feeMinor: 0, amount: 0, currency: 0, toAmount: 0 };

export class LedgerEvents {
  private readonly plan: LoadPlan;
  private readonly random: Random;
  private readonly holdings: readonly number[][];

  constructor(plan: LoadPlan, random: Random) {
    this.plan = plan;
    this.random = random;
    this.holdings = Array.from({ length: plan.accounts }, (_, account) => holdingsOf(plan, account));
  }

  /** A fill near the symbol's price; now and then its fee is in dollars, whatever the symbol's currency. */
  fill(account: number, priceOf: (symbol: number) => number): SentEvent {
    const { random } = this;
    const symbol = random.pick(this.holdings[account] ?? []);
    const units = random.chance(0.5)
      ? random.integer(1, 400) * quantityUnit
      : random.integer(1, 400 * quantityUnit);
    const near = Math.min(priceMax, Math.max(priceMin, priceOf(symbol) + random.integer(-500, 500)));
    const own = currencies.indexOf((instrumentOf(symbol).currency ?? 'USD') as 'USD');
    return {
      ...nothing,
      kind: 'fill',
      account,
      symbol,
      quantity: random.chance(0.52) ? units : -units,
      price: near,
      feeMinor: random.chance(0.5) ? 0 : random.integer(-20, 300),
      currency: random.chance(0.1) ? 0 : own,
    };
  }

  cash(account: number): SentEvent {
    const { random } = this;
    const currency = random.integer(0, currencies.length - 1);
    const amount = random.integer(1, 100_000);
    switch (random.integer(0, 5)) {
      case 0:
        return { ...nothing, kind: 'withdrawal', account, currency, amount };
      case 1:
        return { ...nothing, kind: 'fee', account, currency, amount: random.chance(0.2) ? -amount : amount };
      case 2:
        return {
          ...nothing,
          kind: 'dividend',
          account,
          currency,
          amount: random.chance(0.2) ? -amount : amount,
        };
      case 3:
        return {
          ...nothing,
          kind: 'conversion',
          account,
          amount,
          toAmount: Math.max(1, Math.floor(amount * 0.9)),
        };
      default:
        return this.deposit(account, currency, amount);
    }
  }

  deposit(account: number, currency: number, amount: number): SentEvent {
    return { ...nothing, kind: 'deposit', account, currency, amount };
  }

  /** The element of a message; `id` is the event's. */
  text(event: SentEvent, id: string): string {
    const ts = Date.now();
    const currency = currencies[event.currency] ?? 'USD';
    if (event.kind !== 'fill') {
      const to = event.kind === 'conversion' ? `,"to_currency":"EUR","to_amount":${event.toAmount}` : '';
      return `{"id":"${id}","type":"${event.kind}","amount":${event.amount},"currency":"${currency}"${to},"ts":${ts}}`;
    }
    const fee = event.feeMinor === 0 ? '' : `,"fee":${event.feeMinor},"fee_currency":"${currency}"`;
    const quantity = decimalText(Math.abs(event.quantity), quantityScale);
    const head = `{"id":"${id}","symbol":"${symbolName(this.plan, event.symbol)}","side":"${event.quantity > 0 ? 'buy' : 'sell'}"`;
    return `${head},"quantity":"${quantity}","price":"${decimalText(event.price, priceScale)}"${fee},"ts":${ts}}`;
  }
}

export function openingText(account: number): string {
  return JSON.stringify({ type: 'open', base_currency: baseOf(account), ts: Date.now() });
}

/** (1234500, 4) is "123.4500". */
function decimalText(units: number, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
