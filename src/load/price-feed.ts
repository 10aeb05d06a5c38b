/**
 * Prices at a rate: paced by the clock in small bursts, drift corrected, never further ahead of the connection than a
 * few bursts. Owns the pace and what it came to; the bytes are PriceFrames', the connection PriceSocket's.
 */
import { limits } from '../../config/limits.ts';
import { Random } from '../random.ts';
import type { Micros } from './micros.ts';
import type { LoadPlan } from './plan.ts';
import { PriceFrames } from './price-frames.ts';
import type { PriceSocket } from './price-socket.ts';

/** Probe prices as columns, in the order of publication. */
export interface ProbeLog {
  count: number;
  probe: Int32Array;
  /** Microseconds since the run's start: the price itself. */
  micros: Float64Array;
}

/** Where the bytes go: a connection that ends the run when it breaks, or one that is taken up again. */
export type PriceDoor = Pick<PriceSocket, 'write' | 'flush'>;

const microsPerSecond = 1_000_000;

export class PriceFeed {
  readonly probes: ProbeLog;
  /** Prices written, probes among them. */
  sent = 0;
  private readonly plan: LoadPlan;
  private readonly socket: PriceDoor;
  private readonly micros: Micros;
  private readonly frames: PriceFrames;
  private readonly free: Buffer[];
  private readonly burstMax: number;
  private timer: NodeJS.Timeout | null = null;
  private failed: (error: unknown) => void = () => undefined;

  constructor(plan: LoadPlan, socket: PriceDoor, micros: Micros) {
    this.plan = plan;
    this.socket = socket;
    this.micros = micros;
    this.frames = new PriceFrames(plan);
    this.burstMax = Math.max(1, Math.ceil((plan.rate * limits.loadBurstMsMax) / 1000));
    const bytes = (Math.max(this.burstMax, plan.symbols) + plan.probes) * this.frames.bytesMax;
    this.free = Array.from({ length: limits.loadBurstsUnderWayMax }, () => Buffer.allocUnsafe(bytes));
    const probesMax =
      Math.ceil((plan.seconds + plan.warmup) * limits.loadProbesASecond * 2) + 4 * plan.probes;
    this.probes = { count: 0, probe: new Int32Array(probesMax), micros: new Float64Array(probesMax) };
  }

  get prices(): Float64Array {
    return this.frames.prices;
  }

  /** Every symbol once, as it is now, and every probe; resolves when the server has them. */
  async all(): Promise<void> {
    const out = await this.buffer();
    const now = Date.now();
    let at = 0;
    for (let symbol = 0; symbol < this.plan.symbols; symbol++) at = this.frames.same(symbol, out, at, now);
    for (let probe = 0; probe < this.plan.probes; probe++) at = this.probe(probe, out, at, now);
    this.write(out, at);
    this.sent += this.plan.symbols + this.plan.probes;
    await this.socket.flush();
  }

  /** Runs until `stop`. `failed` is called when the connection breaks. */
  start(failed: (error: unknown) => void): void {
    this.failed = failed;
    const { rate, probes } = this.plan;
    let doneAt = this.micros();
    let owed = 0;
    // At random, by Poisson: probes at even distances would see only some phases of the tick.
    const chance = new Random(this.plan.seed, -2);
    const wait = (): number => (-Math.log(1 - chance.next()) * microsPerSecond) / limits.loadProbesASecond;
    let probeAt = probes === 0 ? Infinity : doneAt + wait();
    let probe = 0;
    const burst = (): void => {
      const out = this.free.pop();
      if (out === undefined) return;
      const now = this.micros();
      const wall = Date.now();
      owed += ((now - doneAt) * rate) / microsPerSecond;
      doneAt = now;
      const due = Math.min(Math.floor(owed), this.burstMax);
      // What the machine or the connection is further behind is given up, and shows in the achieved rate.
      owed = Math.min(owed - due, (rate * limits.loadBehindMsMax) / 1000);
      let at = 0;
      let written = 0;
      for (; written < due / 2; written++) at = this.frames.next(out, at, wall);
      for (let i = 0; probeAt <= now && i < probes; i++, probeAt += wait()) {
        at = this.probe(probe, out, at, wall);
        probe = (probe + 1) % probes;
        this.sent++;
      }
      for (; written < due; written++) at = this.frames.next(out, at, wall);
      this.sent += due;
      if (at > 0) this.write(out, at);
      else this.free.push(out);
    };
    this.timer = setInterval(() => {
      try {
        burst();
      } catch (error) {
        this.failed(error);
      }
    }, 1);
  }

  /** Resolves when the server has everything. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.socket.flush();
  }

  private probe(probe: number, out: Buffer, at: number, wall: number): number {
    const { probes } = this;
    if (probes.count === probes.probe.length) return at;
    const micros = this.micros();
    probes.probe[probes.count] = probe;
    probes.micros[probes.count] = micros;
    probes.count++;
    return this.frames.probe(probe, micros, out, at, wall);
  }

  private write(out: Buffer, length: number): void {
    this.socket.write(out.subarray(0, length), () => this.free.push(out));
  }

  private async buffer(): Promise<Buffer> {
    for (;;) {
      const out = this.free.pop();
      if (out !== undefined) return out;
      await this.socket.flush();
    }
  }
}
