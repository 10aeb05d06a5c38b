/** Why a message of the ledger is refused. The order is the precedence: what comes first is said first. */

export const rejectionReasons = [
  'malformed',
  'unknown_kind',
  'account_unknown',
  'id_conflict',
  'account_closed',
  'currency_unknown',
  'precision_exceeds_scale',
  'quantity_not_positive',
  'style_forbids',
  'account_not_empty',
  'settlement_unknown',
  'amount_out_of_range',
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];

/** `detail` names the field or figure at fault, for the person who reads the dead letter. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
  readonly detail: string;
}

export function rejected(reason: RejectionReason, detail: string): Rejected {
  return { kind: 'rejected', reason, detail };
}
