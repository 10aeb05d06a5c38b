/** Kinds of alerts. Limits, margin, drawdown, staleness and reconciliation join them with what they tell of. */

/** The condition lasts: such an alert is raised when it begins and cleared when it ends. */
export const lastingAlertKinds = [
  'unpriced',
  'overdraft',
  'held_price',
  'suspension',
  'rows_waiting',
] as const;

/** The others tell of something that has happened: they are never cleared. */
export const alertKinds = [...lastingAlertKinds, 'rejected', 'sequence_gap', 'system'] as const;
export type AlertKind = (typeof alertKinds)[number];

export function isLasting(kind: AlertKind): boolean {
  return (lastingAlertKinds as readonly AlertKind[]).includes(kind);
}
