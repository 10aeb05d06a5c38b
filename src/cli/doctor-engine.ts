/**
 * What `doctor` looks at of the engine, as it tells it itself: its state, how many stand by for it, and what is on its
 * way in each part. Knows nothing of how that is shown.
 */
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import type { EngineStats } from '../domain/engine-stats.ts';
import { withNats } from '../client/nats.ts';
import type { Check } from './doctor-checks.ts';
import { countText } from './format.ts';

type Stats = EngineStats & { readonly pid: number };

export function engineChecks(config: Config): Check[] {
  return [
    { name: 'engine', needs: 'NATS', run: () => engine(config) },
    { name: 'lags', needs: 'engine', run: () => lags(config) },
  ];
}

async function engine(config: Config): Promise<string> {
  const { stats, standbys } = await withNats(config, async (door) => ({
    stats: JSON.parse(await door.ask('stats', {})) as Stats,
    standbys: await door.askAll('standby.stats', limits.standbyAnswersMs),
  }));
  const { state, accounts, pid, recovery } = stats;
  const progress =
    recovery === undefined
      ? []
      : [`reads ${recovery.phase}, at ${countText(recovery.sequence)} of ${countText(recovery.through)}`];
  const others = standbys.length === 0 ? 'none stands by' : `${standbys.length} stand by`;
  return [state, ...progress, `${countText(accounts)} accounts`, `process ${pid}`, others].join(', ');
}

async function lags(config: Config): Promise<string> {
  const stats = await withNats(config, async (door) => JSON.parse(await door.ask('stats', {})) as Stats);
  const { ledger, frames, effects, checkpoint, sink } = stats.lags;
  return [
    `ledger ${countText(ledger)} messages`,
    `effects ${countText(effects)} bytes`,
    `frames ${countText(frames.rows)} rows`,
    `checkpoint ${countText(checkpoint)} sequences`,
    sink === null ? 'sink unknown' : `sink ${countText(sink)} frames`,
  ].join(', ');
}
