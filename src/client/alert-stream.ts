/**
 * Reading the stream ALERTS: each alert as one entry, with when it was raised and when it was cleared. Bounded in what it
 * keeps; knows no presentation.
 */
import { isLasting, type AlertKind } from '../domain/alert-kind.ts';
import { AlertPairs, type AlertPair } from '../../streams/operators/alert-pairs.ts';
import { readAlerts } from '../../streams/sources/raised-alerts.ts';
import { alertsStream } from '../../streams/sources/stream-definitions.ts';
import { quietLog } from '../quiet-log.ts';
import { Failure } from '../failure.ts';
import type { NatsDoor } from './nats.ts';

export interface AlertEntry {
  readonly alert_id: string;
  readonly kind: string;
  /** '_' for the system. */
  readonly account_id: string;
  readonly state: 'raised' | 'cleared';
  /** As it was raised. */
  readonly severity: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly raised_at: number;
  readonly cleared_at: number | null;
}

export interface AlertFilter {
  readonly kind?: AlertKind | undefined;
  readonly account?: string | undefined;
  /** Only those of these accounts: beside `account`, which costs less. */
  readonly accounts?: ReadonlySet<string> | undefined;
  /** Also those that were cleared. */
  readonly all?: boolean | undefined;
  /** So long the stream is read at most. */
  readonly withinMs?: number | undefined;
}

/** There are more alerts than can be read in the time given. */
export class ReadingTooLong extends Failure {
  constructor(withinMs: number) {
    super(`the alerts could not be read within ${withinMs / 1000} s`);
  }
}

/** Up to `limit`, newest first. What is never cleared, such as a rejection, counts as raised. */
export async function newestAlerts(
  nats: NatsDoor,
  limit: number,
  { kind, account, accounts, all = false, withinMs = Infinity }: AlertFilter,
): Promise<AlertEntry[]> {
  const deadline = performance.now() + withinMs;
  const isLate = (): boolean => performance.now() >= deadline;
  if ((await nats.range(alertsStream)) === null) return [];
  const pairs = new AlertPairs();
  let done: AlertEntry[] = [];
  const keep = (pair: AlertPair): void => {
    done.push(entryOf(pair));
    if (done.length >= 2 * limit) done = newest(done, limit);
  };
  const options = { link: nats.link, log: quietLog, isOver: () => nats.isClosed || isLate() };
  const reading = readAlerts(options, `alerts.${kind ?? '*'}.${account ?? '*'}.*.*`, (alert) => {
    if (isLate()) throw new ReadingTooLong(withinMs);
    if (accounts !== undefined && !accounts.has(alert.account)) return;
    if (!isLasting(alert.kind)) {
      if (alert.state === 'raised') keep({ raised: alert, cleared: null });
      return;
    }
    const pair = pairs.take(alert);
    if (pair !== null && all) keep(pair);
  });
  await within(withinMs, reading);
  const standing = pairs.standing.map((raised) => entryOf({ raised, cleared: null }));
  return newest([...done, ...standing], limit);
}

/** Of a reading that gives up itself with its next message: where none comes, a timer does. */
async function within(ms: number, reading: Promise<void>): Promise<void> {
  if (ms === Infinity) return reading;
  let end: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    end = setTimeout(() => reject(new ReadingTooLong(ms)), ms);
  });
  await Promise.race([reading, late]).finally(() => clearTimeout(end));
}

function newest(entries: readonly AlertEntry[], limit: number): AlertEntry[] {
  return entries.toSorted((a, b) => b.raised_at - a.raised_at).slice(0, limit);
}

function entryOf({ raised, cleared }: AlertPair): AlertEntry {
  return {
    alert_id: raised.id,
    kind: raised.kind,
    account_id: raised.account,
    state: cleared === null ? 'raised' : 'cleared',
    severity: raised.severity,
    message: raised.message,
    details: raised.details,
    raised_at: raised.timestamp,
    cleared_at: cleared?.timestamp ?? null,
  };
}
