/**
 * The key of one partition in the bucket LEASES: read, and written by compare-and-set. Makes the bucket where it is
 * missing. Knows nothing of time, nor whose the lease is.
 */
import { NatsError, nanos, type NatsConnection } from 'nats';
import { limits } from '../../config/limits.ts';
import { ensureStream } from './ensure-stream.ts';
import { isRefusedByRevision } from './expected-revision.ts';
import { decodeLease, encodeLease, type LeaseRecord } from './lease-record.ts';
import { managerOf } from './stream-api.ts';
import { leasesBucket, leasesDefinition } from './stream-definitions.ts';

const stream = leasesDefinition.name;
const noMessageFound = 10037;
const streamNotFound = 10059;

export interface FoundLease {
  /** Sequence in the bucket's stream. */
  readonly revision: number;
  /** null where it is no lease that we understand. */
  readonly record: LeaseRecord | null;
}

export class LeaseKey {
  private readonly nats: NatsConnection;
  private readonly subject: string;

  constructor(nats: NatsConnection, partition: number) {
    this.nats = nats;
    this.subject = `$KV.${leasesBucket}.${partition}`;
  }

  /** Throws where the bucket forgets sooner than an owner believes, as one made by somebody else may. */
  async open(): Promise<void> {
    await ensureStream(this.nats, leasesDefinition);
    const { config } = await (await managerOf(this.nats)).streams.info(stream);
    if (config.max_age === 0 || config.max_age >= nanos(limits.leaseTtlMs)) return;
    throw new BucketUnfit(
      `the bucket ${leasesBucket} forgets its keys after ${config.max_age / nanos(1)} ms, a lease lasts ` +
        `${limits.leaseTtlMs} ms: delete the bucket, it is made again`,
    );
  }

  /** null: nobody has it. */
  async read(): Promise<FoundLease | null> {
    const { streams } = await managerOf(this.nats);
    try {
      const { seq, data } = await streams.getMessage(stream, { last_by_subj: this.subject });
      return { revision: seq, record: decodeLease(data) };
    } catch (error) {
      if (codeOf(error) === streamNotFound) await ensureStream(this.nats, leasesDefinition);
      else if (codeOf(error) !== noMessageFound) throw error;
      return null;
    }
  }

  /**
   * Writes it if its last revision is this one (0: it holds nothing, also because what it held was too old). The new
   * revision; null where it is refused.
   */
  async write(record: LeaseRecord, last: number): Promise<number | null> {
    const js = this.nats.jetstream({ timeout: limits.leaseRequestMs });
    try {
      const ack = await js.publish(this.subject, encodeLease(record), {
        expect: { lastSubjectSequence: last },
      });
      return ack.seq;
    } catch (error) {
      if (isRefusedByRevision(error)) return null;
      throw error;
    }
  }

  /**
   * Moves the bucket's sequence on, so that the next revision is above `floor`. A purge up to a sequence beyond the end
   * does that, and removes every key; one that comes late removes nothing.
   */
  async raise(floor: number): Promise<void> {
    await (await managerOf(this.nats)).streams.purge(stream, { seq: floor + 1 });
  }
}

/** The bucket is not one that a lease can be held in: no use in trying again. */
export class BucketUnfit extends Error {}

function codeOf(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}
