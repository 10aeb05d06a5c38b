/**
 * How far the engine is, as `tidemark.stats` says: core NATS acknowledges nothing, so that a sender who wants to lose
 * nothing asks the receiver. Where no engine answers, there is nothing to wait for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import { EngineAway, ServiceRefusal, type NatsDoor } from '../../client/nats.ts';

export interface EngineFigures {
  readonly prices_received: number;
  readonly ledger_sequence: number;
  readonly tick_queue: number;
}

export async function engineFigures(nats: NatsDoor): Promise<EngineFigures | null> {
  try {
    return JSON.parse(await nats.ask('stats', {})) as EngineFigures;
  } catch (error) {
    if (error instanceof EngineAway || error instanceof ServiceRefusal) return null;
    throw error;
  }
}

/**
 * Waits until the figure that `missing` takes from the engine's is 0 or less. Gives what is missing in the end: more
 * than 0 where the engine has made no progress for too long, or is away.
 */
export async function untilNothingMissing(
  nats: NatsDoor,
  missing: (figures: EngineFigures) => number,
): Promise<number> {
  let least = Infinity;
  let lastProgress = performance.now();
  for (;;) {
    const figures = await engineFigures(nats);
    const now = figures === null ? least : missing(figures);
    if (now <= 0) return 0;
    if (now < least) {
      least = now;
      lastProgress = performance.now();
    } else if (performance.now() - lastProgress > limits.importBehindMsMax) return now;
    await sleep(limits.clientPollMs);
  }
}
