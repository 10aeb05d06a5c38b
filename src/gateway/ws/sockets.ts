/**
 * All sockets: how many there may be, in all and of one token; looking after them, and closing them at the gateway's end.
 * Knows no method.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import { limits } from '../../../config/limits.ts';
import type { Identity } from '../identity.ts';
import { Problem } from '../problem.ts';
import { closings } from './closing.ts';
import { Session, type SessionOptions } from './session.ts';

const retrySoon = { headers: { 'retry-after': '1' } };

export interface SocketFigures {
  readonly clients: number;
  /** Together: accounts of which a reader has not the newest, and bytes that wait for readers. */
  readonly behind: number;
  readonly bufferedBytes: number;
  /** How many ended, by reason: `left` and `dead` by themselves, the others closed by the gateway. */
  readonly ended: Readonly<Record<string, number>>;
}

export class Sockets {
  /** Sessions, and for whom each counts: null before it has a token. */
  private readonly keys = new Map<Session, string | null>();
  private readonly counts = new Map<string, number>();
  private readonly sweep: NodeJS.Timeout;
  private readonly endedBy: Record<string, number> = {};
  private isClosing = false;

  constructor() {
    this.sweep = setInterval(() => {
      const now = performance.now();
      for (const session of this.keys.keys()) session.check(now);
    }, limits.gatewayWsSweepMs);
    this.sweep.unref();
  }

  get figures(): SocketFigures {
    let behind = 0;
    let bufferedBytes = 0;
    for (const { backlog } of this.keys.keys()) {
      behind += backlog.behind;
      bufferedBytes += backlog.bytes;
    }
    return { clients: this.keys.size, behind, bufferedBytes, ended: { ...this.endedBy } };
  }

  /** Before the upgrade. Throws Problem. */
  requireRoom(identity: Identity | null): void {
    if (this.isClosing) throw new Problem(503, 'going_away', 'the gateway ends', retrySoon);
    if (this.keys.size >= limits.gatewayWsSocketsMax) {
      throw new Problem(503, 'too_many_sockets', 'too many sockets are open', retrySoon);
    }
    if (identity !== null && !this.hasRoomFor(identity.key)) {
      throw new Problem(429, 'too_many_sockets', 'too many sockets are open for this token', retrySoon);
    }
  }

  open(options: Omit<SessionOptions, 'admit' | 'ended'>): void {
    const session = new Session({
      ...options,
      admit: (its, { key }) => this.admit(its, key),
      ended: (its, reason) => {
        this.endedBy[reason] = (this.endedBy[reason] ?? 0) + 1;
        this.count(its, null);
        this.keys.delete(its);
      },
    });
    this.keys.set(session, null);
    if (options.identity !== null) this.count(session, options.identity.key);
    if (this.isClosing) session.close(closings.goingAway);
  }

  /** Tells all of them, and gives them a moment for their part of it. `all`: those of the server. */
  async close(all: ReadonlySet<WebSocket>): Promise<void> {
    this.isClosing = true;
    clearInterval(this.sweep);
    const closed = Promise.all(
      [...all].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
    );
    for (const session of [...this.keys.keys()]) session.close(closings.goingAway);
    await Promise.race([closed, sleep(limits.gatewayWsEndMsMax, undefined, { ref: false })]);
    for (const socket of all) socket.terminate();
  }

  private admit(session: Session, key: string): boolean {
    if (this.keys.get(session) === key) return true;
    if (!this.hasRoomFor(key)) return false;
    this.count(session, key);
    return true;
  }

  private hasRoomFor(key: string): boolean {
    return (this.counts.get(key) ?? 0) < limits.gatewayWsSocketsOfTokenMax;
  }

  private count(session: Session, key: string | null): void {
    const before = this.keys.get(session) ?? null;
    if (before !== null) {
      const left = (this.counts.get(before) ?? 1) - 1;
      if (left === 0) this.counts.delete(before);
      else this.counts.set(before, left);
    }
    if (key !== null) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.keys.set(session, key);
  }
}
