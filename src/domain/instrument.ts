/** Reference data of instruments, by symbol id, with defaults for what nobody said. */
import { defaultPriceScale, exponentOf, isCurrency } from './currency.ts';
import type { Decimal } from './decimal.ts';
import { parseDecimal } from './decimal.ts';
import { powerOfTen } from './rounding.ts';
import type { SymbolTable } from './symbol-table.ts';

export interface InstrumentFields {
  readonly currency?: string;
  readonly price_scale?: number;
  readonly quantity_scale?: number;
  /** Decimal: money of one unit per unit of price. */
  readonly multiplier?: number | string;
  readonly style?: 'spot' | 'margined';
  readonly sector?: string;
  readonly geography?: string;
  readonly asset_class?: string;
  readonly initial_margin_rate?: number;
  readonly maintenance_margin_rate?: number;
}

export interface Instrument {
  readonly currency: string;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly multiplier: string;
  readonly margined: boolean;
  /**
   * value(quantity, price) = quantity x price x valueNumerator / valueDenominator in minor units, both integers at
   * their scales: multiplier x 10^exponent / 10^(priceScale + quantityScale), reduced.
   */
  readonly valueNumerator: number;
  readonly valueDenominator: number;
  readonly fields: InstrumentFields;
}

/** More decimals than any market has; what is above would leave the safe integers at once. */
export const scaleMax = 12;

/** What is wrong with reference data, or null. */
export function instrumentProblem(f: InstrumentFields): string | null {
  const scale = (x: unknown): boolean =>
    Number.isInteger(x) && (x as number) >= 0 && (x as number) <= scaleMax;
  if (f.currency !== undefined && !(typeof f.currency === 'string' && isCurrency(f.currency)))
    return 'currency';
  if (f.price_scale !== undefined && !scale(f.price_scale)) return 'price_scale';
  if (f.quantity_scale !== undefined && !scale(f.quantity_scale)) return 'quantity_scale';
  if (f.style !== undefined && !['spot', 'margined'].includes(f.style)) return 'style';
  if (f.multiplier !== undefined) {
    const m = parseDecimal(f.multiplier);
    if (m === null || m.coefficient <= 0 || m.scale > scaleMax) return 'multiplier';
    const { n, d } = valueFactor(f.currency ?? 'USD', f.price_scale ?? 5, f.quantity_scale ?? 4, m, {});
    if (!isExactDouble(n) || !isExactDouble(d)) return 'multiplier';
  }
  return null;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** multiplier x 10^exponent / 10^(priceScale + quantityScale), reduced. */
function valueFactor(
  currency: string,
  priceScale: number,
  quantityScale: number,
  multiplier: Decimal,
  exponents: Readonly<Record<string, number>>,
): { n: bigint; d: bigint } {
  const n = BigInt(multiplier.coefficient) * powerOfTen(exponentOf(currency, exponents));
  const d = powerOfTen(priceScale + quantityScale + multiplier.scale);
  const common = gcd(n, d);
  return { n: n / common, d: d / common };
}

/** Beyond 10^22, and between what doubles hold, a factor would be another one. */
function isExactDouble(x: bigint): boolean {
  return BigInt(Number(x)) === x;
}

/** Only with fields in which `instrumentProblem` finds nothing. */
export function instrumentOf(
  symbol: string,
  fields: InstrumentFields,
  exponents: Readonly<Record<string, number>>,
): Instrument {
  const currency = fields.currency ?? 'USD';
  const priceScale = fields.price_scale ?? defaultPriceScale(symbol);
  const quantityScale = fields.quantity_scale ?? 4;
  const multiplier = parseDecimal(fields.multiplier ?? 1) ?? { coefficient: 1, scale: 0 };
  const { n, d } = valueFactor(currency, priceScale, quantityScale, multiplier, exponents);
  return {
    currency,
    priceScale,
    quantityScale,
    multiplier: String(fields.multiplier ?? 1),
    margined: fields.style === 'margined',
    valueNumerator: Number(n),
    valueDenominator: Number(d),
    fields,
  };
}

/** Instruments by symbol id; what nobody described has the defaults. */
export class InstrumentTable {
  private readonly rows: (Instrument | undefined)[] = [];
  readonly symbols: SymbolTable;
  readonly exponents: Readonly<Record<string, number>>;
  /** How many times reference data were set. */
  changes = 0;

  constructor(symbols: SymbolTable, exponents: Readonly<Record<string, number>> = {}) {
    this.symbols = symbols;
    this.exponents = exponents;
  }

  get(symbol: number): Instrument {
    return (this.rows[symbol] ??= instrumentOf(this.symbols.name(symbol), {}, this.exponents));
  }

  /** Replaces a symbol's reference data. Whether it may change now is the book's decision, not this table's. */
  set(symbol: number, fields: InstrumentFields): Instrument {
    this.changes++;
    return (this.rows[symbol] = instrumentOf(this.symbols.name(symbol), fields, this.exponents));
  }

  exponent(currency: string): number {
    return exponentOf(currency, this.exponents);
  }
}
