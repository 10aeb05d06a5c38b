/** The columns of each kind of import: the fields of the contract's message, and what else headers call them. */
import type { Layout } from './columns.ts';
import { timeFields } from './row-time.ts';

export const importKinds = ['prices', 'trades', 'settlements', 'cash'] as const;
export type ImportKind = (typeof importKinds)[number];

const required = (...names: string[]) => ({ names, required: true });
const optional = (...names: string[]) => ({ names, required: false });

const time = Object.fromEntries(timeFields.map((field) => [field, optional(field)]));
const account = required('account', 'account_id');
const symbol = required('symbol', 'ticker', 'instrument');

export const layouts: Readonly<Record<ImportKind, Layout>> = {
  prices: {
    symbol,
    price: optional('price', 'close', 'last'),
    bid: optional('bid'),
    ask: optional('ask'),
    ...time,
  },
  trades: {
    id: optional('id', 'trade_id'),
    symbol,
    price: required('price'),
    quantity: required('quantity', 'qty', 'size'),
    buyer: required('buyer'),
    seller: required('seller'),
    buyer_fee: optional('buyer_fee'),
    seller_fee: optional('seller_fee'),
    ...time,
  },
  settlements: {
    id: optional('id'),
    account,
    type: optional('type'),
    symbol,
    side: required('side'),
    quantity: required('quantity', 'qty', 'size'),
    price: required('price'),
    fee: optional('fee'),
    fee_currency: optional('fee_currency'),
    fee_quantity: optional('fee_quantity'),
    source: optional('source'),
    sequence: optional('sequence'),
    ...time,
  },
  cash: {
    id: optional('id'),
    account,
    type: required('type'),
    amount: required('amount'),
    currency: optional('currency'),
    to_currency: optional('to_currency'),
    to_amount: optional('to_amount'),
    symbol: optional('symbol'),
    effective_at: optional('effective_at'),
    notes: optional('notes'),
    ...time,
  },
};
