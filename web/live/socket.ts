/**
 * The one WebSocket of the page: opened again whenever it ends, the token in its first message, then what it is told to
 * ask each time. Owns requests and their answers, and the clock of the other side; knows no stream.
 */
import { dashboardLimits } from '../../config/limits-dashboard.ts';

export interface SocketError {
  readonly code: number;
  readonly reason: string;
}

export interface Granted {
  readonly role: 'reader' | 'operator';
}

export interface SocketEvents {
  /** After the token was taken, each time: what is to be asked then. */
  readonly opened: (granted: Granted, socket: LiveSocket) => void;
  readonly frame: (stream: string, data: unknown) => void;
  readonly closed: () => void;
  /** The token is none, or its time is over: it is not opened again. */
  readonly refused: (reason: string) => void;
}

const unauthenticatedCode = 4401;

export class LiveSocket {
  private readonly token: string | null;
  private readonly events: SocketEvents;
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private socket: WebSocket | null = null;
  private lastId = 0;
  private waitMs: number = dashboardLimits.reconnectFirstMs;
  private timer = 0;
  private isStopped = false;
  private isAnswered = true;
  /** What to add to this machine's clock for the other side's. */
  private aheadMs = 0;

  constructor(token: string | null, events: SocketEvents) {
    this.token = token;
    this.events = events;
    this.open();
  }

  /** Milliseconds since the epoch by the gateway's clock. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** Rejects with SocketError; never resolves where the socket ends before the answer. */
  ask<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.lastId;
    return new Promise<T>((resolve, reject) => {
      this.asked.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it came
        else reject(error);
      });
      this.socket?.send(JSON.stringify({ method, id, params }));
    });
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(): void {
    const { protocol, host } = location;
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`);
    this.socket = socket;
    this.asked.clear();
    let pings = 0;
    socket.onopen = () => {
      this.isAnswered = true;
      pings = window.setInterval(() => void this.ping(), dashboardLimits.pingEveryMs);
      void this.ask<Granted>('auth', this.token === null ? {} : { token: this.token }).then(
        (granted) => {
          this.waitMs = dashboardLimits.reconnectFirstMs;
          void this.ping();
          this.events.opened(granted, this);
        },
        (error: unknown) => {
          const { code, reason } = error as SocketError;
          if (code === 401) this.refuse(reason);
          else socket.close();
        },
      );
    };
    socket.onmessage = ({ data }) => {
      this.take(JSON.parse(data as string) as Message);
    };
    socket.onclose = ({ code, reason }) => {
      clearInterval(pings);
      if (socket !== this.socket || this.isStopped) return;
      this.events.closed();
      if (code === unauthenticatedCode) this.refuse(reason);
      else this.openLater();
    };
  }

  private take(message: Message): void {
    if ('stream' in message) {
      this.events.frame(message.stream, message.data);
      return;
    }
    const answered = this.asked.get(message.id);
    this.asked.delete(message.id);
    answered?.(message);
  }

  private async ping(): Promise<void> {
    if (!this.isAnswered) {
      // A line that is dead says nothing: it is given up without waiting for its end.
      const { socket } = this;
      socket?.dispatchEvent(new CloseEvent('close', { code: 1006 }));
      socket?.close();
      return;
    }
    this.isAnswered = false;
    const sentAt = Date.now();
    const { timestamp } = await this.ask<{ timestamp: number }>('ping');
    this.isAnswered = true;
    this.aheadMs = timestamp - (sentAt + Date.now()) / 2;
  }

  private refuse(reason: string): void {
    if (this.isStopped) return;
    this.stop();
    this.events.refused(reason);
  }

  private openLater(): void {
    this.socket = null;
    this.timer = window.setTimeout(() => this.open(), this.waitMs);
    this.waitMs = Math.min(2 * this.waitMs, dashboardLimits.reconnectLastMs);
  }
}

interface Answer {
  readonly result?: unknown;
  readonly error?: SocketError;
}

type Message = ({ readonly id: number } & Answer) | { readonly stream: string; readonly data: unknown };
