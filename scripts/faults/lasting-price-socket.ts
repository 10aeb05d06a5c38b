/**
 * A PriceSocket that is taken up again when it breaks, because the server is what a fault test kills. Prices written
 * meanwhile are dropped: the market does not wait either.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import type { PriceDoor } from '../../src/load/price-feed.ts';
import { PriceSocket } from '../../src/load/price-socket.ts';

export class LastingPriceSocket implements PriceDoor {
  private readonly url: string;
  private socket: PriceSocket | null = null;
  private opening: Promise<void> | null = null;

  constructor(url: string) {
    this.url = url;
  }

  write(frames: Uint8Array, taken: () => void): void {
    try {
      if (this.socket === null) throw new Error('not connected');
      this.socket.write(frames, taken);
    } catch {
      // Gone: dropped, and a new connection is on its way.
      taken();
      void this.reopen();
    }
  }

  /** Resolves when the server that is there in the end has answered. */
  async flush(): Promise<void> {
    for (;;) {
      if (this.socket === null) await this.reopen();
      try {
        await this.socket?.flush();
        return;
      } catch {
        await this.reopen();
      }
    }
  }

  /** Resolves with a connection. */
  reopen(): Promise<void> {
    return (this.opening ??= this.open().finally(() => (this.opening = null)));
  }

  private async open(): Promise<void> {
    // What is broken closes itself, and wakes whoever still waits for it.
    this.socket = null;
    for (;;) {
      try {
        this.socket = await PriceSocket.open(this.url);
        return;
      } catch {
        await sleep(limits.natsReconnectWaitMs);
      }
    }
  }
}
