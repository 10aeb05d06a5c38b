/**
 * Prices to core NATS, in the order of the file, on one connection. Nothing there is acknowledged: what the server has
 * not confirmed is bounded by flushes, and what the engine has not counted by asking it.
 */
import { limits } from '../../../config/limits.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { Failure } from '../context.ts';
import { countText } from '../format.ts';
import { engineFigures, untilNothingMissing } from './engine-progress.ts';
import type { Lane } from './lane.ts';
import type { ImportRecord } from './record.ts';

export class PriceLane implements Lane {
  private readonly nats: NatsDoor;
  private readonly batches: boolean;
  private gathered: string[] = [];
  private sent = 0;
  private unflushed = 0;
  private sinceAsked = 0;
  private heard = false;
  /** What the engine had received before; NaN where no engine answers. */
  private before = NaN;

  /** `batches`: many prices in one message of the subject `prices`, for speed. */
  private constructor(nats: NatsDoor, batches: boolean) {
    this.nats = nats;
    this.batches = batches;
  }

  static async open(nats: NatsDoor, batches: boolean): Promise<PriceLane> {
    const lane = new PriceLane(nats, batches);
    lane.before = (await engineFigures(nats))?.prices_received ?? NaN;
    return lane;
  }

  send(record: ImportRecord): Promise<void> | undefined {
    this.sent++;
    this.unflushed++;
    if (!this.heard) return this.sendFirst(record);
    if (!this.batches) this.nats.publish(record.subject, record.body);
    else {
      this.gathered.push(record.batchBody);
      if (this.gathered.length >= limits.importPricesInBatch) this.push();
    }
    return this.unflushed >= limits.importPricesUnflushedMax ? this.flush() : undefined;
  }

  push(): void {
    if (this.gathered.length === 0) return;
    this.nats.publish('prices', `[${this.gathered.join(',')}]`);
    this.gathered = [];
  }

  async settle(): Promise<void> {
    await this.flush();
    await this.awaitEngine(0);
  }

  /** The first says whether anybody is there at all. */
  private async sendFirst(record: ImportRecord): Promise<void> {
    this.heard = await this.nats.publishHeard(
      this.batches ? 'prices' : record.subject,
      this.batches ? `[${record.batchBody}]` : record.body,
    );
    if (!this.heard) {
      throw new Failure(
        `nobody listens to prices at ${this.nats.url}: start the engine with \`tidemark up\``,
      );
    }
  }

  private async flush(): Promise<void> {
    this.push();
    this.sinceAsked += this.unflushed;
    this.unflushed = 0;
    await this.nats.flush();
    if (this.sinceAsked < limits.importPricesBehindMax / 2) return;
    this.sinceAsked = 0;
    await this.awaitEngine(limits.importPricesBehindMax / 2);
  }

  /** Others may send prices too: then the engine has more than ours, and this waits for less than it might. */
  private async awaitEngine(behindMax: number): Promise<void> {
    if (Number.isNaN(this.before)) return;
    const missing = await untilNothingMissing(
      this.nats,
      (figures) => this.sent - (figures.prices_received - this.before) - behindMax,
    );
    if (missing > 0) {
      throw new Failure(
        `the engine has not received ${countText(missing + behindMax)} of ${countText(this.sent)} prices and is not getting on`,
      );
    }
  }
}
