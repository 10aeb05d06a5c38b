/** The published fill cases as messages of the ledger, and what is expected of the position after them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export interface FillCase {
  readonly id: string;
  readonly source: string;
  readonly license: string;
  /** Signed quantity and average price. */
  readonly opening_position?: { readonly qty: string; readonly avg_px: string };
  readonly opening_cash?: Readonly<Record<string, string>>;
  readonly fills: readonly {
    readonly side: 'BUY' | 'SELL';
    readonly qty: string;
    readonly price: string;
    readonly fee: string;
  }[];
  readonly mark_price?: string;
  readonly uniform: {
    readonly qty: string;
    readonly avg_px: string;
    readonly realized_gross_cumulative: string;
    readonly fees_total: string;
    readonly unrealized_gross?: string;
  };
}

const file = new URL('../fixtures/fill-cases.json', import.meta.url);

export const fillCases = (JSON.parse(readFileSync(file, 'utf8')) as { cases: FillCase[] }).cases;

export interface LedgerText {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** What opens the account and then its fills, all of symbol X; a position it starts with is a transfer in kind. */
export function openingMessages(fillCase: FillCase, account: string): LedgerText[] {
  const settlements = `settlements.${account}`;
  const out: LedgerText[] = [];
  for (const [currency, amount] of Object.entries(fillCase.opening_cash ?? {})) {
    const deposit = { id: `cash-${currency}`, type: 'deposit', amount: Number(amount) * 100, currency };
    out.push({ subject: `cash.${account}`, message: deposit });
  }
  if (fillCase.opening_position) {
    const { qty, avg_px } = fillCase.opening_position;
    const side = qty.startsWith('-') ? 'out' : 'in';
    const given = {
      id: 'opening',
      type: 'transfer',
      symbol: 'X',
      side,
      quantity: qty.replace('-', ''),
      price: avg_px,
    };
    out.push({ subject: settlements, message: given });
  }
  fillCase.fills.forEach(({ side, qty, price, fee }, i) => {
    const fill = {
      id: `fill-${i}`,
      symbol: 'X',
      side: side.toLowerCase(),
      quantity: qty,
      price,
      fee: Number(fee) * 100,
    };
    out.push({ subject: settlements, message: fill });
  });
  return out;
}

/** Figures with an end are met exactly; one that has none to a cent, or for the average to a cent over the quantity. */
export function assertUniform(position: Readonly<Record<string, unknown>>, { uniform }: FillCase): void {
  assert.equal(position['quantity'], uniform.qty);
  assertMoney(position['realized_pnl'], uniform.realized_gross_cumulative, 'realized');
  assertMoney(position['fees'], uniform.fees_total, 'fees');
  if (uniform.unrealized_gross !== undefined)
    assertMoney(position['unrealized_pnl'], uniform.unrealized_gross, 'unrealized');
  const off =
    Math.abs(Number(position['average_cost']) - Number(uniform.avg_px)) * Math.abs(Number(uniform.qty));
  assert.ok(
    off <= (isEndless(uniform.avg_px) ? 0.01 : 0),
    `average ${String(position['average_cost'])}, expected ${uniform.avg_px}`,
  );
}

function isEndless(text: string): boolean {
  return text.replace(/[-.]/g, '').length >= 28;
}

function assertMoney(actual: unknown, expected: string, what: string): void {
  const cents = Number(expected) * 100;
  assert.equal(actual, isEndless(expected) ? Math.round(cents) : cents, what);
}
