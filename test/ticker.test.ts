/** Ticks over an effect log that acknowledges when it is told to: who may be told what, and from where to read on. */
import assert from 'node:assert/strict';
import { emptyPriceChanges } from '../src/domain/price-change.ts';
import { Ticker, type TickerParts } from '../src/ticker.ts';

class Bench {
  applied = 0;
  told: number[] = [];
  /** Position of the last acknowledged message. */
  position = 0;
  private recorded = 0;
  private readonly underWay: { messages: number; resolve: () => void }[] = [];
  readonly ticker: Ticker;

  constructor() {
    const effects = {
      publish: (): Promise<void> => {
        const messages = this.recorded;
        this.recorded = 0;
        return new Promise((resolve) => this.underWay.push({ messages, resolve }));
      },
    };
    Object.defineProperties(effects, {
      isEmpty: { get: () => this.recorded === 0 },
      position: { get: () => this.position },
    });
    const nothing = (): void => undefined;
    const parts = {
      ports: {
        effects,
        lease: { isHeld: true },
        clock: { now: () => 0 },
        updates: { release: () => this.told.push(this.ticker.tick) },
        frames: { seal: nothing, release: nothing, effectsWritten: 0 },
      },
      curve: { begin: nothing, end: nothing },
      reference: { write: nothing },
      alerting: { clearHeld: nothing },
      counters: { ticked: nothing, toldAfter: nothing },
      send: nothing,
      done: nothing,
      applied: () => this.applied,
    };
    this.ticker = new Ticker(parts as unknown as TickerParts);
  }

  /** An event whose effect fills a message of the log. */
  apply(sequence: number): void {
    this.applied = sequence;
    this.recorded++;
  }

  /** One more message of the oldest publication is acknowledged. */
  async acknowledge(): Promise<void> {
    const [first] = this.underWay;
    assert.ok(first !== undefined, 'something is under way');
    this.position++;
    if (--first.messages === 0) this.underWay.shift()?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  run(tick: number): Promise<void> {
    return this.ticker.run({ tick, time: tick }, emptyPriceChanges(1));
  }
}

describe('the ticker', () => {
  it('says from where the log is to be read only together with how far it is applied', async () => {
    const bench = new Bench();
    const { ticker } = bench;
    bench.apply(1);
    bench.apply(2);
    const tick = bench.run(1);
    await bench.acknowledge();
    // The record of event 1 is there; nobody vouches for event 1 yet.
    assert.deepEqual([ticker.durableThrough, ticker.effectsFrom], [0, 1]);
    await bench.acknowledge();
    await tick;
    assert.deepEqual([ticker.durableThrough, ticker.effectsFrom], [2, 3]);
    // Events without a time of their own are settled by a tick alone.
    bench.apply(3);
    const settled = ticker.settle(false);
    await Promise.resolve();
    await bench.acknowledge();
    await settled;
    assert.deepEqual([ticker.durableThrough, ticker.effectsFrom], [2, 3]);
  });

  it('tells nobody of what was published without a tick before that is acknowledged', async () => {
    const bench = new Bench();
    bench.apply(1);
    const settled = bench.ticker.settle(true);
    await Promise.resolve();
    bench.told = [];
    const tick = bench.run(1);
    await new Promise((resolve) => setImmediate(resolve));
    // What former ticks left over, before this one.
    assert.deepEqual([bench.told.length, bench.ticker.durableThrough], [1, 0]);
    await bench.acknowledge();
    await Promise.all([settled, tick]);
    assert.deepEqual([bench.told.length, bench.ticker.durableThrough], [2, 1]);
  });
});
