/**
 * Looks whether updates may have been lost: the connection was, or the engine has another owner, or it says itself that
 * it told some to nobody. Knows no account.
 */
import { limits } from '../../../config/limits.ts';
import type { NatsDoor } from '../../client/nats.ts';
import type { Cancel, Log } from '../../ports.ts';
import { problemOf } from '../problem.ts';

export interface EngineWatchOptions {
  readonly nats: NatsDoor;
  /** The connection that updates come by. */
  readonly updates: NatsDoor;
  readonly log: Log;
  /** What rejects is tried again. */
  readonly disturbed: () => Promise<void>;
}

export class EngineWatch {
  private readonly options: EngineWatchOptions;
  /** Of the engine that was there when everything was asked for last; null: ask anew. */
  private engine: string | null = null;
  private isLooking = false;
  private timer: NodeJS.Timeout | null = null;
  private forget: Cancel | null = null;

  constructor(options: EngineWatchOptions) {
    this.options = options;
  }

  start(): void {
    this.engine = null;
    this.forget = this.options.updates.onState((state) => {
      this.engine = null;
      if (state === 'connected') void this.look();
    });
    this.timer = setInterval(() => void this.look(), limits.gatewayWsEngineAskMs);
    this.timer.unref();
  }

  stop(): void {
    this.forget?.();
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    const { nats, disturbed, log } = this.options;
    if (this.isLooking || !nats.isConnected) return;
    this.isLooking = true;
    try {
      const engine = await this.engineNow();
      if (engine === this.engine) return;
      // Before anything is asked: what happens meanwhile is found by the next look.
      this.engine = engine;
      await disturbed();
    } catch (error) {
      this.engine = null;
      const isAway = problemOf(error)?.status === 503;
      log[isAway ? 'debug' : 'warn']({ error: String(error) }, 'the states of accounts are asked for again');
    } finally {
      this.isLooking = false;
    }
  }

  private async engineNow(): Promise<string> {
    const text = await this.options.nats.ask('stats', {}, limits.gatewayHealthMsMax);
    const { owner, emissions_unsent } = JSON.parse(text) as { owner: string; emissions_unsent: number };
    return `${owner} ${emissions_unsent}`;
  }
}
