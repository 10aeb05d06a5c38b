/** The windowed publisher over the simulated server, at its interface: a few messages at once, the rest waits. */
import type { Acknowledgement } from '../../streams/sinks/windowed-publisher.ts';
import type { Connection } from './connection.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedServer } from './server.ts';

/** Small, so that it is full now and then. */
const windowMessages = 12;

interface Waiting {
  readonly bytes: number;
  readonly send: () => void;
}

export class SimulatedPublisher {
  outstandingBytes = 0;
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly scheduler: Scheduler;
  private underWay = 0;
  private readonly waiting: Waiting[] = [];
  private idle: (() => void)[] = [];
  private relieved: (() => void)[] = [];

  constructor(server: SimulatedServer, connection: Connection, scheduler: Scheduler) {
    this.server = server;
    this.connection = connection;
    this.scheduler = scheduler;
  }

  get outstanding(): number {
    return this.underWay + this.waiting.length;
  }

  get congested(): boolean {
    return this.waiting.length > 0;
  }

  async publish(
    subject: string,
    data: Uint8Array,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Acknowledgement> {
    this.outstandingBytes += data.length;
    if (this.underWay < windowMessages) this.underWay++;
    else await new Promise<void>((send) => this.waiting.push({ bytes: data.length, send }));
    const { server, connection, scheduler } = this;
    const { sequence, isDuplicate } = await connection.request(
      () => server.publishFrame(subject, fields, data, scheduler.now),
      true,
    );
    this.outstandingBytes -= data.length;
    const next = this.waiting.shift();
    if (next === undefined) this.underWay--;
    else next.send();
    if (this.waiting.length === 0) for (const each of this.relieved.splice(0)) each();
    if (this.outstanding === 0) for (const each of this.idle.splice(0)) each();
    return { stream: 'FRAMES', sequence, isDuplicate };
  }

  ready(): Promise<void> {
    return this.congested ? new Promise((resolve) => this.relieved.push(resolve)) : Promise.resolve();
  }

  flush(): Promise<void> {
    return this.outstanding === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  close(): void {
    this.waiting.length = 0;
  }
}
