/**
 * What the NATS server of the simulated world keeps, and what it refuses. It survives every crash of who talks to it;
 * streams in memory do not survive its own. Each method is one message's effect, at once.
 */
import type { Checkpoint, RecordedEffect, RecordedPrice } from '../../src/domain/recorded.ts';
import type { Alert, DeadLetter } from '../../src/ports.ts';
import { Fenced } from '../../src/ports.ts';
import { readEffects } from '../../streams/codec/effect-record.ts';

/** What a server answers that has no room. */
export class StorageFull extends Error {}

export interface LedgerEntry {
  readonly sequence: number;
  readonly time: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

export interface StoredFrame {
  readonly sequence: number;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

interface EffectEntry {
  readonly epoch: number;
  /** null: an owner begins. */
  readonly body: Uint8Array | null;
}

interface Owned<T> {
  readonly epoch: number;
  readonly value: T;
}

export interface StoredPrice {
  readonly symbol: string;
  readonly data: Uint8Array;
}

export class SimulatedServer {
  readonly ledgerCreated = '2026-03-06T00:00:00.000000001Z';
  readonly ledger: LedgerEntry[] = [];
  readonly effects: EffectEntry[] = [];
  readonly frames: StoredFrame[] = [];
  readonly accounts = new Map<string, Owned<Uint8Array>>();
  readonly ids = new Map<string, Owned<{ account: string; slot: number; page: Uint8Array }>>();
  readonly marks = new Map<number, Owned<readonly RecordedPrice[]>>();
  checkpoint: Owned<Checkpoint> | null = null;
  /** Whether the changelog takes a value: its disk may be full. */
  hasRoom: () => boolean = () => true;
  readonly deadLetters = new Map<string, DeadLetter>();
  readonly alerts = new Map<string, Alert>();
  /** In memory: the last price of each symbol. */
  readonly prices = new Map<string, StoredPrice>();
  lease: { owner: string | null; epoch: number; until: number } = { owner: null, epoch: 0, until: 0 };
  /** Places in `ledger`, by account. */
  private readonly ofAccounts = new Map<string, number[]>();
  /** By sequence and index: of all messages of the effect log up to `effectsFound`. */
  private readonly found = new Map<string, RecordedEffect>();
  private effectsFound = 0;
  private readonly frameNames = new Map<string, { sequence: number; at: number }>();
  private readonly duplicatesMs: number;

  /** @param duplicatesMs how long a message's id is remembered by the stream */
  constructor(duplicatesMs: number) {
    this.duplicatesMs = duplicatesMs;
  }

  get lastSequence(): number {
    return this.ledger.length;
  }

  append(subject: string, data: Uint8Array, time: number): number {
    const sequence = this.ledger.length + 1;
    this.ledger.push({ sequence, time, subject, data });
    const account = subject.split('.')[1] ?? '';
    const places = this.ofAccounts.get(account);
    if (places === undefined) this.ofAccounts.set(account, [sequence - 1]);
    else places.push(sequence - 1);
    return sequence;
  }

  ledgerOf(account: string, through: number): LedgerEntry[] {
    const places = this.ofAccounts.get(account) ?? [];
    return places.map((at) => this.ledger[at]!).filter(({ sequence }) => sequence <= through);
  }

  /** What the effect log says of an event, null where nothing. */
  findEffect(sequence: number, index: number): RecordedEffect | null {
    for (; this.effectsFound < this.effects.length; this.effectsFound++) {
      const { body } = this.effects[this.effectsFound]!;
      if (body === null) continue;
      readEffects(body, (effect) => {
        if (effect.late === null) this.found.set(`${effect.sequence}:${effect.index}`, effect);
      });
    }
    return this.found.get(`${sequence}:${index}`) ?? null;
  }

  /** Each write names the one before it; the position of this one. */
  writeEffects(epoch: number, after: number, body: Uint8Array): number {
    if (after !== this.effects.length) throw new Fenced(`the effect log is at ${this.effects.length}`);
    return this.effects.push({ epoch, body });
  }

  openEffects(epoch: number): number {
    const last = this.effects.at(-1)?.epoch ?? 0;
    if (last > epoch) throw new Fenced(`the effect log is owned by ${last}`);
    return this.effects.push({ epoch, body: null });
  }

  saveAccount(epoch: number, account: string, value: Uint8Array): void {
    this.fence(this.accounts.get(account), epoch);
    this.accounts.set(account, { epoch, value });
  }

  saveIds(epoch: number, account: string, slot: number, page: Uint8Array): void {
    const key = `${account} ${slot}`;
    this.fence(this.ids.get(key), epoch);
    this.ids.set(key, { epoch, value: { account, slot, page } });
  }

  saveMarks(epoch: number, chunk: number, value: readonly RecordedPrice[]): void {
    this.fence(this.marks.get(chunk), epoch);
    this.marks.set(chunk, { epoch, value });
  }

  saveCheckpoint(epoch: number, value: Checkpoint): void {
    this.fence(this.checkpoint ?? undefined, epoch);
    this.checkpoint = { epoch, value };
  }

  publishFrame(
    subject: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    now: number,
  ): { sequence: number; isDuplicate: boolean } {
    const id = headers['Nats-Msg-Id'] ?? '';
    const known = this.frameNames.get(id);
    if (id !== '' && known !== undefined && now - known.at < this.duplicatesMs) {
      return { sequence: known.sequence, isDuplicate: true };
    }
    const sequence = this.frames.length + 1;
    this.frames.push({ sequence, subject, headers, body: body.slice() });
    this.frameNames.set(id, { sequence, at: now });
    return { sequence, isDuplicate: false };
  }

  /** The first of its subject is kept. */
  publishOnce<T>(into: Map<string, T>, subject: string, message: T): void {
    if (!into.has(subject)) into.set(subject, message);
  }

  /** The epoch of a new owner, null while somebody else owns it. */
  acquireLease(owner: string, now: number, ttlMs: number): number | null {
    if (this.lease.owner !== null && this.lease.until > now) return null;
    this.lease = { owner, epoch: this.lease.epoch + 1, until: now + ttlMs };
    return this.lease.epoch;
  }

  renewLease(owner: string, now: number, ttlMs: number): void {
    if (this.lease.owner !== owner) throw new Fenced(`the lease is ${this.lease.owner ?? 'nobody'}'s`);
    this.lease = { ...this.lease, until: now + ttlMs };
  }

  releaseLease(owner: string): void {
    if (this.lease.owner === owner) this.lease = { ...this.lease, owner: null };
  }

  /** Everything in files as it is now, for somebody who recovers from it and disturbs nobody. */
  copy(): SimulatedServer {
    const copy = new SimulatedServer(this.duplicatesMs);
    for (const { subject, data, time } of this.ledger) copy.append(subject, data, time);
    copy.effects.push(...this.effects);
    copy.frames.push(...this.frames);
    for (const key of ['accounts', 'ids', 'marks', 'deadLetters', 'alerts', 'prices'] as const) {
      for (const [name, value] of this[key]) (copy[key] as Map<unknown, unknown>).set(name, value);
    }
    copy.checkpoint = this.checkpoint;
    copy.lease = { ...this.lease, owner: null };
    return copy;
  }

  /** The same without states of accounts. Marks stay: where PRICES lost them, nothing else has them. */
  copyWithoutChangelog(): SimulatedServer {
    const copy = this.copy();
    for (const key of ['accounts', 'ids'] as const) copy[key].clear();
    copy.checkpoint = null;
    return copy;
  }

  /** What was in memory is gone. */
  restart(): void {
    this.prices.clear();
  }

  private fence(known: Owned<unknown> | undefined, epoch: number): void {
    if (known !== undefined && known.epoch > epoch) throw new Fenced(`written by owner ${known.epoch}`);
    if (!this.hasRoom()) throw new StorageFull('insufficient storage');
  }
}
