/**
 * What is wrong with a message of the ledger before any account is looked at: its shape and its kind. Says nothing of
 * accounts, duplicates and amounts.
 */
import type { Fraction } from './exact.ts';
import { decimalOf, plainText, tenTo } from './exact.ts';

export type Message = Readonly<Record<string, unknown>>;

export type Area = 'settlements' | 'cash' | 'accounts';

const kinds: Readonly<Record<Area, readonly unknown[]>> = {
  settlements: [undefined, 'fill', 'transfer', 'void'],
  cash: ['deposit', 'withdrawal', 'fee', 'dividend', 'interest', 'conversion', 'void'],
  accounts: ['open', 'configure', 'suspend', 'resume', 'close'],
};

export function isArea(text: string | undefined): text is Area {
  return text !== undefined && text in kinds;
}

export function isMessage(x: unknown): x is Message {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

const isText = (x: unknown): boolean => typeof x === 'string' && x !== '';
const isMinor = (x: unknown): boolean => Number.isSafeInteger(x);
const isDecimal = (x: unknown): boolean => decimalOf(x) !== null;
const isId = (x: unknown): boolean =>
  typeof x === 'string' ? /^[A-Za-z0-9_-]{1,64}$/.test(x) : Number.isSafeInteger(x);
const absentOr = (is: (x: unknown) => boolean) => (x: unknown) => x === undefined || is(x);

/** Which fields must be what. */
function shape(area: Area, m: Message): Readonly<Record<string, (x: unknown) => boolean>> {
  if (area === 'accounts') return { type: isText };
  if (m['type'] === 'void') return { id: isId, of: isId };
  if (area === 'cash') {
    const money = { id: isId, type: isText, amount: isMinor, currency: absentOr(isText) };
    return m['type'] === 'conversion' ? { ...money, to_currency: isText, to_amount: isMinor } : money;
  }
  const sides = m['type'] === 'transfer' ? ['in', 'out'] : ['buy', 'sell'];
  return {
    id: isId,
    symbol: isText,
    side: (x) => sides.includes(x as string),
    quantity: isDecimal,
    price: isDecimal,
    fee: absentOr(isMinor),
    fee_currency: absentOr(isText),
    fee_quantity: absentOr(isDecimal),
  };
}

export function judgeShape(area: Area, m: Message): 'malformed' | 'unknown_kind' | null {
  const isRight = Object.entries(shape(area, m)).every(([field, is]) => is(m[field]));
  if (!isRight) return 'malformed';
  return kinds[area].includes(m['type']) ? null : 'unknown_kind';
}

export function isCurrencyCode(x: unknown): boolean {
  return x === undefined || (typeof x === 'string' && /^[A-Z]{3,5}$/.test(x));
}

/** What makes two messages of one id the same: what they say, decimals as values, what is left out as its default. */
export function contentOf(area: Area, m: Message, currency: string): string {
  if (m['type'] === 'void') return JSON.stringify(['void', String(m['of'])]);
  const money = (x: unknown): unknown => x ?? currency;
  const value = (x: unknown): string => canonical(decimalOf(x ?? 0) ?? { n: 0n, d: 1n });
  if (area === 'settlements') {
    const amounts = [value(m['quantity']), value(m['price']), value(m['fee_quantity'])];
    return JSON.stringify([
      m['type'] ?? 'fill',
      m['symbol'],
      m['side'],
      amounts,
      m['fee'] ?? 0,
      money(m['fee_currency']),
    ]);
  }
  const to = [m['to_currency'] ?? null, m['to_amount'] ?? 0];
  const about = [m['effective_at'] ?? null, m['symbol'] ?? ''];
  return JSON.stringify([m['type'], m['amount'], money(m['currency']), to, about]);
}

function canonical({ n, d }: Fraction): string {
  const scale = String(d).length - 1;
  return plainText((n * tenTo(scale)) / d, scale);
}
