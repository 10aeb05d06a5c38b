/**
 * What is sent to one reader, no faster than it reads: where too much waits to be taken, updates give way to later ones
 * of the same account. Knows when a reader is too slow; closes nothing.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import { limits } from '../../../config/limits.ts';
import type { EquityFrame } from './frames.ts';

/** Of which only the newest counts. */
export interface Latest {
  readonly frame: EquityFrame | null;
}

const asText = { binary: false } as const;

export class Outbox {
  private readonly socket: WebSocket;
  /** What has a newer frame than the reader was sent. */
  private readonly behind = new Set<Latest>();
  /** When the reader last took something while others waited; Infinity: nothing waits. */
  private waitsSince = Infinity;

  /** `wire`: below the socket. */
  constructor(socket: WebSocket, wire: Socket) {
    this.socket = socket;
    wire.on('drain', () => {
      this.catchUp();
    });
  }

  /** Behind what was sent before; never conflated. */
  send(message: string | Buffer): void {
    this.socket.send(message, asText);
  }

  /** Its newest frame, now or as soon as there is room. */
  update(source: Latest): void {
    if (source.frame === null) return;
    if (this.behind.size === 0 && this.hasRoom) {
      this.socket.send(source.frame.bytes, asText);
      return;
    }
    if (this.behind.size === 0) this.waitsSince = performance.now();
    this.behind.add(source);
  }

  /** No more of it. */
  forget(source: Latest): void {
    this.behind.delete(source);
    if (this.behind.size === 0) this.waitsSince = Infinity;
  }

  /** Accounts of which the reader has not the newest, and bytes written and not taken by the system. */
  get backlog(): { readonly behind: number; readonly bytes: number } {
    return { behind: this.behind.size, bytes: this.socket.bufferedAmount };
  }

  /** Whether the reader has kept updates waiting for too long, or more than may wait. */
  isTooSlow(now: number): boolean {
    return (
      now - this.waitsSince > limits.gatewayWsStalledMsMax ||
      this.socket.bufferedAmount > limits.gatewayWsBufferedBytesMax
    );
  }

  private get hasRoom(): boolean {
    return this.socket.bufferedAmount <= limits.gatewayWsConflateBytes;
  }

  /** Everything written before was taken. */
  private catchUp(): void {
    for (const source of this.behind) {
      if (!this.hasRoom) {
        this.waitsSince = performance.now();
        return;
      }
      this.behind.delete(source);
      if (source.frame !== null) this.socket.send(source.frame.bytes, asText);
    }
    this.waitsSince = Infinity;
  }
}
