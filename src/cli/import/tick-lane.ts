/** Ticks that carry the data's own time, behind the prices and events they follow, on the same connection. */
import { limits } from '../../../config/limits.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { Failure } from '../context.ts';
import { untilNothingMissing } from './engine-progress.ts';
import type { Lane } from './lane.ts';
import type { ImportRecord } from './record.ts';
import type { TickMaker } from './tick-maker.ts';

export class TickLane {
  sent = 0;
  private lastSent = -Infinity;
  private readonly nats: NatsDoor;
  private readonly maker: TickMaker;
  private readonly lane: Lane;
  private readonly acknowledged: boolean;

  /** `acknowledged`: whether what the ticks follow is in a stream, and has to be there before a tick is sent. */
  constructor(nats: NatsDoor, maker: TickMaker, lane: Lane, acknowledged: boolean) {
    this.nats = nats;
    this.maker = maker;
    this.lane = lane;
    this.acknowledged = acknowledged;
  }

  /** Before a record is sent. Throws Failure for one that should have been sent before a tick that is sent already. */
  before({ ts, line }: ImportRecord): Promise<void> | undefined {
    const tick = this.maker.before(ts);
    if (ts <= this.lastSent) {
      throw new Failure(
        `line ${line} is older than a tick before it: with --ticks, what comes by stdin must be in the order of time`,
      );
    }
    return Number.isNaN(tick) ? undefined : this.send(tick);
  }

  async finish(): Promise<void> {
    const tick = this.maker.last();
    if (Number.isNaN(tick)) return;
    await this.send(tick);
    await this.nats.flush();
    await this.awaitEngine(0);
  }

  private async send(tick: number): Promise<void> {
    if (this.acknowledged) await this.lane.settle();
    else this.lane.push();
    const message = JSON.stringify({ tick, ts: tick });
    if (this.sent === 0) await this.sendFirst(message);
    else this.nats.publish('ticks', message);
    this.sent++;
    this.lastSent = tick;
    if (this.sent % (limits.importTicksWaitingMax / 2) === 0)
      await this.awaitEngine(limits.importTicksWaitingMax / 2);
  }

  private async sendFirst(message: string): Promise<void> {
    if (await this.nats.publishHeard('ticks', message)) return;
    throw new Failure('nobody listens to ticks: --ticks needs an engine with tick.source: nats');
  }

  private async awaitEngine(waitingMax: number): Promise<void> {
    await untilNothingMissing(this.nats, ({ tick_queue }) => tick_queue - waitingMax);
  }
}
