/** The corrector as the sink runs it: over its own connection to NATS and its target, with a reader of its own. */
import type { ClickHouseSink } from '../streams/sinks/clickhouse.ts';
import { publishRebase } from '../streams/sinks/rebases.ts';
import type { Link } from '../streams/sources/connection.ts';
import { framesDone, lastFrame } from '../streams/sources/sink-progress.ts';
import { connectReader } from './analytics/corrections/select.ts';
import type { ClickHouseTarget } from './analytics/migrate.ts';
import type { WalkSettings } from './correction-walk.ts';
import { startCorrector, type Corrector } from './corrector.ts';
import type { Log } from './ports.ts';
import { systemClock } from './system-clock.ts';

export interface CorrectionOptions {
  readonly settings: WalkSettings;
  /** Config `frames.flush_interval_ms`: rows of a tick leave the engine within that of each other. */
  readonly flushIntervalMs: number;
}

export function sinkCorrector(
  { settings, flushIntervalMs }: CorrectionOptions,
  address: ClickHouseTarget,
  target: ClickHouseSink,
  link: Link,
  log: Log,
): Corrector {
  const client = connectReader(address);
  const corrector = startCorrector({
    client,
    target,
    clock: systemClock,
    log,
    settings,
    settleMs: 2 * flushIntervalMs,
    publish: (account, event) => publishRebase(link, account, event),
    lastFrame: () => lastFrame(link),
    framesDone: () => framesDone(link),
  });
  return {
    look: () => {
      corrector.look();
    },
    counts: corrector.counts,
    async stop() {
      await corrector.stop();
      await client.close();
    },
  };
}
