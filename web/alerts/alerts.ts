/** The alerts of the accounts of the token: those of before by REST, then as they come. Owns the newest of each. */
import { signal } from '@preact/signals';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import type { Alert } from '../api/shapes.ts';

/** Newest first. */
export const alerts = signal<readonly Alert[]>([]);

type Told = Omit<Alert, 'account_id' | 'raised_at'> & {
  readonly account_id: string | number;
  readonly timestamp: number;
};

/** A frame of the stream: an id that is an integer is a number there. */
export function takeAlert({ account_id, timestamp, ...told }: Told): void {
  takeAlerts([{ ...told, account_id: String(account_id), raised_at: timestamp }]);
}

/** Raised ones are kept, and those that are cleared go. */
export function takeAlerts(told: readonly Alert[]): void {
  const kept = new Map(alerts.value.map((alert) => [keyOf(alert), alert]));
  for (const alert of told) {
    if (alert.state === 'cleared') kept.delete(keyOf(alert));
    else kept.set(keyOf(alert), alert);
  }
  const newestFirst = [...kept.values()].sort((a, b) => b.raised_at - a.raised_at);
  alerts.value = newestFirst.slice(0, dashboardLimits.alertsKeptMax);
}

function keyOf({ kind, account_id, alert_id }: Alert): string {
  return `${kind}.${account_id}.${alert_id}`;
}
