/**
 * The effect log of a partition: the stream EFFECTS, one chain of messages on one subject. Owns the chain: each message
 * names the position of the one before it, which the server checks, so that a former owner's are refused once another
 * one has written its fence. What a message says is the codec's business.
 */
import { limits } from '../../config/limits.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import { Fenced, type Clock, type EffectLog, type Log } from '../../src/ports.ts';
import { EffectMessage } from '../codec/effect-record.ts';
import type { Link } from '../sources/connection.ts';
import { expectedRevision } from '../sources/expected-revision.ts';
import { effectHeaders, findEffect, readEffectLog } from '../sources/effect-log-messages.ts';
import { headerNumber, storedMessage, type AskOptions } from '../sources/stored-message.ts';
import { effectsStream, effectSubject } from '../sources/stream-definitions.ts';
import { isWrongRevision, WindowedPublisher } from './windowed-publisher.ts';

export interface EffectLogOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly partition: number;
}

const messageId = 'Nats-Msg-Id';

export class NatsEffectLog implements EffectLog {
  private readonly partition: number;
  private readonly ask: AskOptions;
  private readonly publisher: WindowedPublisher;
  private epoch = 0;
  private written = 0;
  /** Position of the last message that is there, as far as is known. */
  private end = 0;
  /** The largest LEDGER sequence of an event in a message. */
  private lastSequence = 0;
  private message = new EffectMessage();
  private readonly full: EffectMessage[] = [];
  private bytes = 0;
  /** LEDGER sequence of what was recorded last. */
  private recorded = 0;
  private chain: Promise<void> = Promise.resolve();
  private broken: Error | null = null;
  private isClosed = false;

  constructor({ link, clock, log, partition }: EffectLogOptions) {
    this.partition = partition;
    this.ask = { link, log, isOver: () => this.isClosed };
    this.publisher = new WindowedPublisher(link, clock, log);
  }

  get isEmpty(): boolean {
    return this.message.isEmpty && this.full.length === 0;
  }

  get outstandingBytes(): number {
    return this.bytes;
  }

  get position(): number {
    return this.end;
  }

  async open(epoch: number): Promise<void> {
    this.epoch = epoch;
    for (let attempt = 0; attempt < limits.effectLogFencesMax; attempt++) {
      const last = await this.lastMessage();
      if (headerNumber(last, effectHeaders.epoch) > epoch) throw this.fenced();
      this.end = last?.seq ?? 0;
      this.lastSequence = headerNumber(last, effectHeaders.last);
      // Refused where the former owner wrote once more.
      if (await this.append(new EffectMessage())) return;
    }
    throw new Error(`another process keeps writing ${effectSubject(this.partition)}`);
  }

  read(from: number, take: (effect: RecordedEffect) => void): Promise<void> {
    return readEffectLog(this.ask, this.partition, from, this.end, take);
  }

  find(sequence: number, index: number): Promise<RecordedEffect | null> {
    return findEffect(this.ask, this.partition, this.end, sequence, index);
  }

  record(effect: Effect): void {
    // Between two LEDGER messages only: of one that is recorded in part the rest would be valued anew after a crash.
    if (this.message.length >= limits.effectLogBytesMax && effect.sequence !== this.recorded) {
      this.full.push(this.message);
      this.message = new EffectMessage();
    }
    const before = this.message.length;
    this.message.add(effect);
    this.bytes += this.message.length - before;
    this.recorded = effect.sequence;
  }

  publish(tick: number, time: number): Promise<void> {
    const messages = this.full.splice(0);
    if (!this.message.isEmpty) {
      messages.push(this.message);
      this.message = new EffectMessage();
    }
    for (const each of messages) each.seal(tick, time);
    const done = this.chain.then(() => this.send(messages));
    // What broke the chain, the next call says, too.
    this.chain = done.catch(() => undefined);
    return done;
  }

  /** The epoch of whoever wrote last; 0 where nothing is there. May be asked before `open`. */
  async lastEpoch(): Promise<number> {
    return headerNumber(await this.lastMessage(), effectHeaders.epoch);
  }

  /** Whether nobody has opened it since this owner did. */
  async isLast(): Promise<boolean> {
    return (await this.lastEpoch()) <= this.epoch;
  }

  /** No timer any more, and no question is repeated. */
  close(): void {
    this.isClosed = true;
    this.publisher.close();
  }

  private async send(messages: readonly EffectMessage[]): Promise<void> {
    for (const message of messages) {
      if (this.broken !== null) break;
      try {
        if (!(await this.append(message))) this.broken = this.fenced();
        else this.bytes -= message.recordBytes;
      } catch (error) {
        this.broken = error instanceof Error ? error : new Error(String(error));
      }
    }
    if (this.broken !== null) throw this.broken;
  }

  /** Resolves when the message is there: whether it is the one after ours, or somebody else's is. */
  private async append(message: EffectMessage): Promise<boolean> {
    const id = `${this.epoch}:${this.partition}:${++this.written}`;
    const last = Math.max(this.lastSequence, Number.isNaN(message.last) ? 0 : message.last);
    const first = Number.isNaN(message.first) ? last + 1 : message.first;
    let revision = this.end;
    for (;;) {
      const fields = {
        [messageId]: id,
        [effectHeaders.epoch]: String(this.epoch),
        [effectHeaders.first]: String(first),
        [effectHeaders.last]: String(last),
        [expectedRevision]: String(revision),
      };
      try {
        const body = message.bytesAfter(this.end);
        const { sequence } = await this.publisher.publish(effectSubject(this.partition), body, fields);
        this.end = sequence;
        break;
      } catch (error) {
        if (!isWrongRevision(error)) throw error;
        const there = await this.lastMessage();
        // Nothing for as long as messages are kept: ours, too, is gone. It was there, and this one comes after it.
        if (there === null && revision > 0) {
          revision = 0;
          continue;
        }
        // Sent again when the server no longer knew that it has it.
        if (there?.header.get(messageId) !== id) return false;
        this.end = there.seq;
        break;
      }
    }
    this.lastSequence = last;
    return true;
  }

  private lastMessage(): ReturnType<typeof storedMessage> {
    return storedMessage(this.ask, effectsStream, { last_by_subj: effectSubject(this.partition) });
  }

  private fenced(): Fenced {
    return new Fenced(`partition ${this.partition} has a newer owner than epoch ${this.epoch}`);
  }
}
