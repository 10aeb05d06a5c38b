/**
 * What one engine must know of the market, told what it was told: the marks it was restored with, the prices that came,
 * and its ticks. Of each symbol the newest price counts from the next tick on.
 */
import { Market } from '../support/oracle/market.ts';
import type { StoredPrice } from './server.ts';
import { instruments } from './workload.ts';

export class EngineModel {
  readonly market = new Market('USD', 'mid', 'unpriced');
  /** The last tick of which the prices count. */
  tick = 0;
  private waiting: (() => void)[] = [];

  constructor() {
    for (const [symbol, fields] of instruments) this.market.describe(symbol, fields);
  }

  restored(symbol: string, price: string, time: number): void {
    if (!Number.isNaN(time)) this.market.offer(symbol, { price, ts: time });
  }

  priced({ symbol, data }: StoredPrice): void {
    this.market.offer(symbol, JSON.parse(Buffer.from(data).toString()) as { price: string; ts: number });
  }

  /** Everything is marked anew, before a first tick. */
  marked(): void {
    this.market.turn();
  }

  ticked(tick: number): void {
    this.market.turn();
    this.tick = tick;
    const { waiting } = this;
    this.waiting = [];
    for (const check of waiting) check();
  }

  /** Checks what is said at a tick when the tick's prices count. */
  atTick(tick: number, check: () => void): void {
    if (tick <= this.tick) check();
    else this.waiting.push(check);
  }
}
