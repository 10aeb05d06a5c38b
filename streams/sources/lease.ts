/**
 * The lease of one partition over NATS KV: who owns it, since when, and until when that can be counted on. It keeps two
 * owners from working at once, as far as clocks can; what a former owner still writes is refused by the logs themselves,
 * which know its epoch. Knows nothing of what is owned.
 *
 * The key is written by compare-and-set only, with the revision that was last seen, so each writer knows that nobody
 * wrote in between. A key that is free holds nothing (too old), or says `released`: a deleted one would hold a marker,
 * and be no different from that.
 *
 * Two clocks let go of an owner that is gone: the server's, by the age of the key, and each waiting process's own, by
 * how long it has seen the same revision. The server's clock may be set; a waiting process's is monotonic.
 *
 * The epoch is the revision of the acquisition. Revisions are sequences of the bucket's stream and only grow, unless the
 * bucket is deleted and made again. So an acquisition at or below the largest epoch that anything durable has (`after`)
 * does not count: the stream's sequence is moved past that, and the key taken again. Not chosen: writing the key until
 * it is above (there may be millions between), and adding an offset (two owners that have not written yet would see the
 * same one, and a later revision may be below the sum of an earlier one).
 */
import assert from 'node:assert/strict';
import { nuid } from 'nats';
import { limits } from '../../config/limits.ts';
import { Fenced, type Cancel, type Lease, type Log } from '../../src/ports.ts';
import { BoundedWait } from './bounded-wait.ts';
import type { Link } from './connection.ts';
import { BucketUnfit, LeaseKey, type FoundLease } from './lease-key.ts';
import type { LeaseRecord, ProcessIdentity } from './lease-record.ts';
import { leasesBucket } from './stream-definitions.ts';

export interface LeaseOptions {
  readonly link: Link;
  readonly log: Log;
  readonly partition: number;
  readonly identity: ProcessIdentity;
  /** Whether a process surely lives no more: its lease is taken at once. */
  readonly hasEnded: (other: ProcessIdentity) => boolean;
  /** The largest epoch in anything durable, 0 for none. Asked just before the key is taken. */
  readonly after: () => Promise<number> | number;
  /**
   * Whether nobody else has written to the effect log since this owner did. Asked where the lease was gone for a moment
   * and is ours again; must answer within `leaseRequestMs`, or is asked again.
   */
  readonly isStillLast: () => Promise<boolean>;
  /** Called when somebody else has it and this process waits. */
  readonly onWait?: () => void;
  /** Milliseconds of `performance.now()`, which goes on while this process is stopped (not while the machine sleeps). */
  readonly now?: () => number;
}

export class NatsLease implements Lease {
  /** Its rejection ends no process that does not ask for it. */
  readonly lost: Promise<never>;
  private readonly options: LeaseOptions;
  private readonly now: () => number;
  private readonly key: LeaseKey;
  private readonly wait = new BoundedWait(limits.leaseRequestMs);
  private readonly owner = nuid.next();
  private since = 0;
  private loseIt: (why: Fenced) => void = () => undefined;
  /** What runs until the end: waiting for the lease, then renewing it. Never rejects. */
  private running: Promise<void> | null = null;
  private ending: Promise<void> | null = null;
  /** Released, or lost: nothing begins any more. */
  private isOver = false;
  /** Of the key when it was last ours; 0 where it holds nothing. */
  private revision = 0;
  /** An answer is missing: the key must be read before it is written. */
  private isUncertain = false;
  /** The key was gone: somebody may have had it meanwhile. */
  private isUnproven = false;
  private heldUntil = -Infinity;
  /** Whom we wait for, and since when, by our clock, the revision is what it is. */
  private seen = { revision: 0, owner: '', since: 0 };
  private raises = 0;
  private stopListening: Cancel = () => undefined;

  constructor(options: LeaseOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.key = new LeaseKey(options.link.nats, options.partition);
    this.lost = new Promise<never>((_, reject) => (this.loseIt = reject));
    this.lost.catch(() => undefined);
  }

  get isHeld(): boolean {
    return !this.isOver && this.now() < this.heldUntil;
  }

  /** Once. Rejects when it is released meanwhile, and where no lease can be held in the bucket that is there. */
  acquire(): Promise<number> {
    assert(this.running === null, 'a lease is acquired once');
    this.stopListening = this.options.link.onReconnect(() => {
      // What was under way has no answer, and the key may be too old by now.
      this.isUncertain = true;
      this.wait.interrupt();
    });
    const acquired = this.waitForIt();
    this.running = acquired.then(
      () => this.keepRenewing(),
      () => this.stopListening(),
    );
    return acquired;
  }

  /** Never rejects: where NATS is away, the lease is free after `leaseTtlMs`. */
  release(): Promise<void> {
    this.ending ??= this.end();
    return this.ending;
  }

  private async waitForIt(): Promise<number> {
    let isOpen = false;
    while (!this.isEnded()) {
      try {
        if (!isOpen) await this.wait.answer(this.key.open());
        isOpen = true;
        const epoch = await this.tryToTake();
        if (epoch !== null) return epoch;
      } catch (error) {
        if (error instanceof BucketUnfit) throw error;
        this.options.log.warn({ error: String(error) }, 'the lease could not be asked for yet');
      }
      if (!this.isEnded()) await this.wait.pause(limits.leasePollMs);
    }
    throw new Error('the lease was released while it was waited for');
  }

  /** The epoch; null where it is not ours now. */
  private async tryToTake(): Promise<number | null> {
    const found = await this.wait.answer(this.key.read());
    if (found !== null && !this.isFree(found)) return null;
    const floor = await this.options.after();
    if (this.isEnded()) return null;
    this.since = Date.now();
    const sentAt = this.now();
    const revision = await this.wait.answer(this.key.write(this.record(false), found?.revision ?? 0));
    // Another one was quicker.
    if (revision === null) return null;
    this.revision = revision;
    if (revision <= floor) {
      if (this.raises++ === limits.leaseRaisesMax) throw new BucketUnfit(notPast(floor));
      await this.wait.answer(this.key.raise(floor));
      return null;
    }
    // Released meanwhile: what we have got is given back there.
    if (this.isEnded()) return null;
    this.isUncertain = false;
    this.count(sentAt);
    return revision;
  }

  private isFree({ revision, record }: FoundLease): boolean {
    const { hasEnded, log, partition } = this.options;
    // Ours: an attempt that was taken, of which the answer was lost.
    if (record !== null && (record.released || record.owner === this.owner || hasEnded(record))) return true;
    const owner = record?.owner ?? '_';
    if (owner !== this.seen.owner) {
      log.info({ partition, host: record?.host, pid: record?.pid }, 'another process owns the partition');
      this.options.onWait?.();
    }
    if (owner !== this.seen.owner || revision !== this.seen.revision) {
      this.seen = { revision, owner, since: this.now() };
    }
    return this.now() - this.seen.since > limits.leaseTtlMs;
  }

  private async keepRenewing(): Promise<void> {
    while (!this.isEnded()) {
      await this.wait.pause(this.isUncertain ? limits.leasePollMs : limits.leaseRenewMs);
      if (this.isEnded() || !this.options.link.isUp) continue;
      try {
        await this.renew();
      } catch (error) {
        this.isUncertain = true;
        this.options.log.warn({ error: String(error) }, 'the lease could not be renewed yet');
      }
    }
  }

  private async renew(): Promise<void> {
    if (!this.isUncertain && (await this.write())) return;
    await this.look();
    if (!this.isEnded()) await this.write();
  }

  /** Whether the key was still what we believed. */
  private async write(): Promise<boolean> {
    const sentAt = this.now();
    const revision = await this.wait.answer(this.key.write(this.record(false), this.revision));
    if (revision === null) {
      // Somebody wrote or removed it; not ours until we know.
      this.heldUntil = -Infinity;
      this.isUncertain = true;
      return false;
    }
    this.revision = revision;
    // Asked only now, when the key is ours and nobody can take it unnoticed.
    if (this.isUnproven && !(await this.wait.answer(this.options.isStillLast()))) {
      this.lose('another process wrote to the effect log while the lease was gone');
      await this.giveBack();
      return true;
    }
    this.isUnproven = false;
    this.count(sentAt);
    return true;
  }

  /** What the key holds, after an answer that is missing or a refusal. */
  private async look(): Promise<void> {
    const found = await this.wait.answer(this.key.read());
    if (found !== null && found.record?.owner !== this.owner) {
      const { host = 'unknown', pid = 0 } = found.record ?? {};
      this.revision = 0;
      this.lose(`process ${pid} on ${host} has had partition ${this.options.partition} since`);
      return;
    }
    if (found === null) this.isUnproven = true;
    this.revision = found?.revision ?? 0;
    this.isUncertain = false;
  }

  /** A function, since it changes while others are awaited. */
  private isEnded(): boolean {
    return this.isOver;
  }

  private record(released: boolean): LeaseRecord {
    const { owner, since } = this;
    return { owner, ...this.options.identity, since, released };
  }

  private count(sentAt: number): void {
    this.heldUntil = sentAt + limits.leaseTtlMs - limits.leaseMarginMs;
  }

  private lose(why: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopListening();
    this.loseIt(new Fenced(why));
  }

  private async end(): Promise<void> {
    this.isOver = true;
    this.wait.wake();
    try {
      // An answer that is under way says by which revision the key is given back.
      if (this.running !== null) await this.wait.answer(this.running);
    } catch (error) {
      this.options.log.warn({ error: String(error) }, 'the lease is released before its last answer');
    }
    this.stopListening();
    await this.giveBack();
  }

  /** Best effort: it expires by itself. */
  private async giveBack(): Promise<void> {
    const { link, log } = this.options;
    const { revision } = this;
    this.revision = 0;
    if (revision === 0 || !link.isUp) return;
    try {
      await this.wait.answer(this.key.write(this.record(true), revision));
    } catch (error) {
      log.warn({ error: String(error) }, 'the lease could not be released: it expires');
    }
  }
}

function notPast(floor: number): string {
  return `the bucket ${leasesBucket} cannot be moved past epoch ${floor}, which is in use already`;
}
