/** New reference data of an instrument: what may change while positions of it exist, and what is fixed. */
import { instrumentOf, instrumentProblem } from '../domain/instrument.ts';
import type { InstrumentFields } from '../domain/instrument.ts';
import { mulDivHalfEven } from '../domain/rounding.ts';
import type { BookParts } from './book-parts.ts';

/**
 * Scales, style, currency and multiplier of a symbol that anyone ever held are fixed: its quantities and costs are kept
 * in them. Says what stands in the way, or null when it is set.
 */
export function setInstrument(b: BookParts, symbol: number, fields: InstrumentFields): string | null {
  const { instruments, holdings, marks, rates } = b;
  const problem = instrumentProblem(fields);
  if (problem !== null) return `${problem}: not allowed`;
  const old = instruments.get(symbol);
  const now = instrumentOf(instruments.symbols.name(symbol), fields, instruments.exponents);
  const isHeld = holdings.lanesOf(symbol).length > 0;
  for (const key of ['currency', 'priceScale', 'quantityScale', 'multiplier', 'margined'] as const) {
    if (isHeld && old[key] !== now[key]) return `${key}: fixed while positions of the symbol exist`;
  }
  instruments.set(symbol, fields);
  if (marks.has(symbol) && old.priceScale !== now.priceScale) {
    const up = 10 ** Math.max(0, now.priceScale - old.priceScale);
    const down = 10 ** Math.max(0, old.priceScale - now.priceScale);
    const scale = (price: number | undefined): number => mulDivHalfEven(price ?? 0, up, down);
    marks.set(
      symbol,
      scale(marks.mid[symbol]),
      scale(marks.bid[symbol]),
      scale(marks.ask[symbol]),
      marks.time[symbol] ?? 0,
    );
    rates.refresh();
  }
  return null;
}
