/** The effect log over the simulated server: one message a publication, each naming the one before it. */
import { EffectMessage, readEffects } from '../../streams/codec/effect-record.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { RecordedEffect } from '../../src/domain/recorded.ts';
import type { EffectLog } from '../../src/ports.ts';
import type { Connection } from './connection.ts';
import type { SimulatedServer } from './server.ts';

export class SimulatedEffectLog implements EffectLog {
  position = 0;
  outstandingBytes = 0;
  private readonly server: SimulatedServer;
  private readonly connection: Connection;
  private readonly told: (effect: Effect) => void;
  private epoch = 0;
  private message = new EffectMessage();
  private last: Promise<void> = Promise.resolve();

  constructor(server: SimulatedServer, connection: Connection, told: (effect: Effect) => void) {
    this.server = server;
    this.connection = connection;
    this.told = told;
  }

  get isEmpty(): boolean {
    return this.message.isEmpty;
  }

  async open(epoch: number): Promise<void> {
    this.epoch = epoch;
    this.position = await this.connection.request(() => this.server.openEffects(epoch));
  }

  async read(from: number, take: (effect: RecordedEffect) => void): Promise<void> {
    // No further than what this owner knows: what a newer one writes is not its past.
    const messages = await this.connection.request(() => this.server.effects.slice(from - 1, this.position));
    for (const { body } of messages) if (body !== null) readEffects(body, take);
  }

  record(effect: Effect): void {
    this.told(effect);
    this.message.add(effect);
  }

  publish(tick: number, time: number): Promise<void> {
    if (this.message.isEmpty) return this.last;
    const { message } = this;
    this.message = new EffectMessage();
    message.seal(tick, time);
    this.outstandingBytes += message.length;
    this.last = this.last.then(() => this.write(message.bytesAfter(0).slice()));
    this.last.catch(() => undefined);
    return this.last;
  }

  find(sequence: number, index: number): Promise<RecordedEffect | null> {
    return this.connection.request(() => this.server.findEffect(sequence, index));
  }

  private async write(body: Uint8Array): Promise<void> {
    const { server, connection, epoch } = this;
    this.position = await connection.request(() => server.writeEffects(epoch, this.position, body));
    this.outstandingBytes -= body.length;
  }
}
