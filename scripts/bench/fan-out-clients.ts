/** The clients of `fan-out`, in a process of their own: each reads one account, and counts what it is sent. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { servePart } from '../../src/load/worker.ts';

export interface FanOutClientsCalls {
  /** Resolves when every client has its subscription; frames count from then on. */
  readonly open: (task: { readonly port: number; readonly accounts: readonly string[] }) => Promise<void>;
  /** Resolves when so many frames have come in all. */
  readonly received: (count: number) => Promise<void>;
  /** Milliseconds from a frame's `timestamp`, in microseconds, to here, of those since the last call. */
  readonly delays: () => number[];
  readonly [name: string]: (argument: never) => unknown;
}

const atOnce = 50;
const marker = '"timestamp":';

servePart(() => {
  let frames = 0;
  let delays: number[] = [];
  let wanted = { count: Infinity, reached: (): void => undefined };
  const take = (data: Buffer): void => {
    const at = data.indexOf(marker);
    if (at < 0) return;
    const sent = Number.parseInt(data.toString('latin1', at + marker.length, at + marker.length + 20), 10);
    // The state that a subscription begins with.
    if (sent === 0) return;
    delays.push((Number(process.hrtime.bigint() / 1000n) - sent) / 1000);
    if (++frames >= wanted.count) wanted.reached();
  };
  async function subscribe(port: number, account: string): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await once(socket, 'open');
    socket.send(JSON.stringify({ id: 1, method: 'equity.subscribe', params: { account_id: account } }));
    await once(socket, 'message');
    socket.on('message', take);
  }
  return {
    async open({ port, accounts }) {
      for (let i = 0; i < accounts.length; i += atOnce) {
        await Promise.all(accounts.slice(i, i + atOnce).map((account) => subscribe(port, account)));
      }
    },
    received(count) {
      if (frames >= count) return Promise.resolve();
      return new Promise<void>((reached) => (wanted = { count, reached }));
    },
    delays() {
      const found = delays;
      delays = [];
      return found;
    },
  } satisfies FanOutClientsCalls;
});
