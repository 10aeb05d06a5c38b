/** The formats of this page: one of each kind, in the reader's own locale and zone. */
import { Decimals } from './decimal.ts';
import { Money } from './money.ts';
import { Ratios } from './ratio.ts';
import { Times } from './time.ts';

export const money = new Money();
export const ratios = new Ratios();
export const decimals = new Decimals();
export const times = new Times();
