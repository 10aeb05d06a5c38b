/**
 * Streams and KV buckets of an installation: names, subjects, storage, retention. One definition, whoever creates
 * them first. Nothing here that nats-server 2.9 lacks or 2.12 refuses.
 */
import { AckPolicy, DiscardPolicy, RetentionPolicy, StorageType, nanos, type StreamConfig } from 'nats';
import { limits } from '../../config/limits.ts';
import { periodMs } from '../../config/period.ts';
import type { Config } from '../../config/schema.ts';

export type StreamDefinition = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

export const ledgerStream = 'LEDGER';
export const tradesStream = 'TRADES';
export const pricesStream = 'PRICES';
export const framesStream = 'FRAMES';
export const effectsStream = 'EFFECTS';
export const deadLettersStream = 'DEAD_LETTERS';
export const alertsStream = 'ALERTS';
export const instrumentsBucket = 'INSTRUMENTS';
export const accountsBucket = 'ACCOUNTS';
export const leasesBucket = 'LEASES';

/** What frames are published on: one subject a partition and table. */
export function frameSubject(partition: number, table: string): string {
  return `frames.${partition}.${table}`;
}

/** The effect log of a partition. */
export function effectSubject(partition: number): string {
  return `effects.${partition}`;
}

/** The ledger itself: never trimmed. */
export const ledgerDefinition: StreamDefinition = {
  name: ledgerStream,
  subjects: ['settlements.>', 'cash.>', 'accounts.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  duplicate_window: nanos(limits.publisherDuplicatesMs),
};

/** Trades are kept until both of their settlements are in LEDGER. */
export const tradesDefinition: StreamDefinition = {
  name: tradesStream,
  subjects: ['trades', 'trades.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  max_age: nanos(limits.tradesAgeMsMax),
  duplicate_window: nanos(limits.publisherDuplicatesMs),
};

/** The last price of each symbol; lost with the server, which is why the engine keeps marks of its own. */
export const pricesDefinition: StreamDefinition = {
  name: pricesStream,
  subjects: ['prices.*'],
  storage: StorageType.Memory,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_msgs_per_subject: 1,
  no_ack: true,
};

/** Rows on their way to ClickHouse; limits retention, since recovery reads them too. */
export function framesDefinition(config: {
  readonly frames: Pick<Config['frames'], 'max_age'>;
}): StreamDefinition {
  const maxAgeMs = periodMs(config.frames.max_age);
  return {
    name: framesStream,
    subjects: ['frames.*.*'],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    // The server refuses a window longer than the age.
    duplicate_window: nanos(Math.min(limits.publisherDuplicatesMs, maxAgeMs)),
  };
}

/** How events were valued; kept as long as frames, since a recovery reads both. */
export function effectsDefinition(config: {
  readonly frames: Pick<Config['frames'], 'max_age'>;
}): StreamDefinition {
  return { ...framesDefinition(config), name: effectsStream, subjects: ['effects.*'] };
}

export const deadLettersDefinition: StreamDefinition = {
  name: deadLettersStream,
  subjects: ['dead_letters.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_bytes: limits.deadLettersBytesMax,
};

export const alertsDefinition: StreamDefinition = {
  name: alertsStream,
  subjects: ['alerts.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_bytes: limits.alertsBytesMax,
};

/**
 * The bucket of leases, as the KV clients would make it, which must not be deleted with what it holds. Without
 * `allow_direct`: a replica that is behind would show an owner that is no more. Made by whoever wants a lease.
 */
export const leasesDefinition: StreamDefinition = {
  name: `KV_${leasesBucket}`,
  subjects: [`$KV.${leasesBucket}.>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: 1,
  max_age: nanos(limits.leaseTtlMs),
  // The server refuses a window longer than the age.
  duplicate_window: nanos(limits.leaseTtlMs),
  allow_rollup_hdrs: true,
  deny_delete: true,
};

/** Every stream that the engine needs; PRICES only where `prices.capture` says so. */
export function streamDefinitions(config: Config): readonly StreamDefinition[] {
  return [
    ledgerDefinition,
    tradesDefinition,
    ...(config.prices.capture ? [pricesDefinition] : []),
    framesDefinition(config),
    effectsDefinition(config),
    deadLettersDefinition,
    alertsDefinition,
  ];
}

/** A consumer of which nothing is acknowledged: its reader knows where it is. */
export const readOnly = { ack_policy: AckPolicy.None } as const;
