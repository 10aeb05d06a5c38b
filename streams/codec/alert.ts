/** An alert as the JSON of `alerts.<kind>.<account>.<alert_id>.<state>`, and back. */
import { alertKinds } from '../../src/domain/alert-kind.ts';
import type { Alert } from '../../src/ports.ts';
import { isObject, parseJson } from './json.ts';

export function alertSubject({ kind, account, id, state }: Alert): string {
  return `alerts.${kind}.${account}.${id}.${state}`;
}

export function encodeAlert(alert: Alert): Uint8Array {
  const { id, kind, account, state, severity, message, details, timestamp } = alert;
  const body = { alert_id: id, kind, account_id: account, state, severity, message, details, timestamp };
  return new TextEncoder().encode(JSON.stringify(body));
}

/** null where it is not one of ours: anybody may publish on the subjects of the stream. */
export function decodeAlert(bytes: Uint8Array): Alert | null {
  const body = parseJson(bytes);
  if (body === undefined || !isObject(body)) return null;
  const kind = alertKinds.find((each) => each === body['kind']);
  const { alert_id: id, account_id: account, state, severity, message, details, timestamp } = body;
  if (typeof id !== 'string' || kind === undefined || typeof account !== 'string') return null;
  if (state !== 'raised' && state !== 'cleared') return null;
  if (severity !== 'info' && severity !== 'warning' && severity !== 'critical') return null;
  if (typeof message !== 'string' || typeof timestamp !== 'number' || !isObject(details)) return null;
  return { id, kind, account, state, severity, message, details, timestamp };
}
