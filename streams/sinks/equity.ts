/**
 * Emissions: the equity of an account after a tick, on `equity.<account>`. Core NATS: who was not listening has the
 * next one, and the curve. While disconnected nothing is written, since the client would keep it without bound.
 */
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import type { Updates } from '../../src/ports.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { writeEquity } from '../codec/equity-message.ts';
import type { Link } from '../sources/connection.ts';

const poolBytes = 262_144;
const messageBytesMax = 2_048;

export class NatsUpdates implements Updates {
  private readonly link: Link;
  /** Messages of one turn of the event loop; the client copies them when it flushes, at the turn's end. */
  private writer = new ByteWriter(poolBytes);
  private isPooling = false;
  /** Messages that are held: their bytes one after the other, their accounts, where each ends. */
  private readonly held = new ByteWriter(poolBytes);
  private readonly heldAccounts: string[] = [];
  private readonly heldEnds: number[] = [];
  /** Emissions that nobody could be sent, since NATS was away. */
  unsent = 0;

  constructor(link: Link) {
    this.link = link;
  }

  emit(update: EquityUpdate): void {
    if (!this.link.isUp) {
      this.unsent++;
      return;
    }
    const w = this.room(messageBytesMax);
    const start = w.length;
    writeEquity(w, update);
    this.publish(update.accountId, w.bytes.subarray(start, w.length));
  }

  hold(update: EquityUpdate): void {
    this.held.reserve(messageBytesMax);
    writeEquity(this.held, update);
    this.heldAccounts.push(update.accountId);
    this.heldEnds.push(this.held.length);
  }

  release(): void {
    const { held, heldAccounts, heldEnds } = this;
    if (heldEnds.length === 0) return;
    let start = 0;
    heldEnds.forEach((end, i) => {
      this.sendCopy(heldAccounts[i] ?? '', held.bytes.subarray(start, end));
      start = end;
    });
    held.length = heldAccounts.length = heldEnds.length = 0;
  }

  private sendCopy(account: string, message: Uint8Array): void {
    if (!this.link.isUp) {
      this.unsent++;
      return;
    }
    const w = this.room(message.length);
    const start = w.length;
    w.bytes.set(message, start);
    w.length += message.length;
    this.publish(account, w.bytes.subarray(start, w.length));
  }

  /** The pool, or a new one: messages that are not flushed yet keep the former one alive. */
  private room(bytes: number): ByteWriter {
    if (this.writer.length + bytes > this.writer.bytes.length) this.writer = new ByteWriter(poolBytes);
    return this.writer;
  }

  private publish(account: string, message: Uint8Array): void {
    this.link.nats.publish(`equity.${account}`, message);
    if (this.isPooling) return;
    this.isPooling = true;
    // Behind the microtask in which the client copies what was published: the pool can be written anew.
    setImmediate(() => {
      this.isPooling = false;
      if (this.link.isUp) this.writer.length = 0;
      else this.writer = new ByteWriter(poolBytes);
    });
  }
}
