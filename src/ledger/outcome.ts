/**
 * What became of one event: applied, a duplicate, a void that waits for its target, a rebase of a correction that is not
 * the account's last one, or a rejection by name with a word on what is at fault.
 */
import type { Rejected } from '../domain/rejection.ts';
import { rejected } from '../domain/rejection.ts';

export type Outcome = 'applied' | 'duplicate' | 'waits' | 'stale' | Rejected;

/** Rejections without figures in them, made once. */
export const outcomes = {
  accountUnknown: rejected('account_unknown', 'no such account'),
  accountClosed: rejected('account_closed', 'the account is closed'),
  idConflict: rejected('id_conflict', 'id: seen before with other content'),
  accountNotEmpty: rejected('account_not_empty', 'close needs an account without cash and positions'),
  priceScale: rejected('precision_exceeds_scale', 'price: more decimals than the price scale'),
  quantityScale: rejected('precision_exceeds_scale', 'quantity: more decimals than the quantity scale'),
  feeQuantityScale: rejected(
    'precision_exceeds_scale',
    'fee_quantity: more decimals than the quantity scale',
  ),
  quantity: rejected('quantity_not_positive', 'quantity'),
  amount: rejected('quantity_not_positive', 'amount'),
  toAmount: rejected('quantity_not_positive', 'to_amount'),
  feeInKindMargined: rejected('style_forbids', 'fee_quantity: the instrument is margined'),
  transferMargined: rejected('style_forbids', 'transfer: the instrument is margined'),
  voidTarget: rejected('settlement_unknown', 'of: no event that could be voided'),
  voidTooLate: rejected('settlement_unknown', 'of: no such event came in time'),
  voidsWaiting: rejected('settlement_unknown', 'of: unknown, and too many voids of the account wait already'),
  outOfRange: rejected('amount_out_of_range', 'an amount would leave the safe integers'),
} as const;
