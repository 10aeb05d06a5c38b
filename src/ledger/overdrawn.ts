/** Cash that is below zero: which accounts owe in which currency, for whoever starts anew. */
import type { BookParts } from './book-parts.ts';

/** `cash` in minor units of the currency. */
export type TakeOverdraft = (row: number, currency: string, cash: number) => void;

export function eachOverdraft({ pockets, rates }: BookParts, take: TakeOverdraft): void {
  for (let pocket = 0; pocket < pockets.count; pocket++) {
    const cash = pockets.cash[pocket] ?? 0;
    if (cash < 0) take(pockets.account[pocket] ?? -1, rates.currency(pockets.pair[pocket] ?? 0), cash);
  }
}
