/** An alert as the JSON of `alerts.<kind>.<account>.<alert_id>.<state>`. */
import type { Alert } from '../../src/ports.ts';

export function alertSubject({ kind, account, id, state }: Alert): string {
  return `alerts.${kind}.${account}.${id}.${state}`;
}

export function encodeAlert(alert: Alert): Uint8Array {
  const { id, kind, account, state, severity, message, details, timestamp } = alert;
  const body = { alert_id: id, kind, account_id: account, state, severity, message, details, timestamp };
  return new TextEncoder().encode(JSON.stringify(body));
}
