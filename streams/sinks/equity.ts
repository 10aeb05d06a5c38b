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
    const w = this.writer;
    if (w.length + messageBytesMax > w.bytes.length) {
      // Messages that are not flushed yet keep the former pool alive.
      this.writer = new ByteWriter(poolBytes);
      this.emit(update);
      return;
    }
    const start = w.length;
    writeEquity(w, update);
    this.link.nats.publish(`equity.${update.accountId}`, w.bytes.subarray(start, w.length));
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
