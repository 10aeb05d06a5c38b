/**
 * Runs roles in this process with their real adapters, until a signal: SIGTERM and SIGINT end them in order within a
 * bound. Owns the process: its signals, its log, its exit code. Knows nothing of what a role does.
 */
import { pino } from 'pino';
import { limits } from '../config/limits.ts';
import type { Config } from '../config/load.ts';
import { clickHouseAddress, dataDirectory, loopback, natsAccess, natsUrl } from './addresses.ts';
import { Failure } from './failure.ts';
import type { Log } from './ports.ts';
import { openDataDirectory } from './process/data-directory.ts';
import { tellParent } from './process/role-child.ts';
import type { Role } from './process/role-names.ts';
import { firstSignal } from './process/signals.ts';

interface Running {
  stop(): Promise<void>;
  /** Rejects when the role cannot go on: the process ends, and whoever supervises it starts it again. */
  readonly failed?: Promise<never>;
}

/** Each role's parts are loaded when it is started: an engine needs no ClickHouse, a store no NATS. */
const starters: Readonly<Record<Role, (config: Config, log: Log) => Promise<Running>>> = {
  async store(config, log) {
    openDataDirectory(dataDirectory(config));
    const { startStore } = await import('./store/start-store.ts');
    const options = { dataDir: dataDirectory(config), host: loopback, port: config.store.port, log };
    const store = await startStore(options);
    return { stop: () => store.close() };
  },
  async engine(config, log) {
    const { startEngine } = await import('./engine.ts');
    return startEngine(config, { natsUrl: natsUrl(config), log });
  },
  async sink(config, log) {
    const { startSink } = await import('./sink.ts');
    const { settingsOf } = await import('./analytics/settings.ts');
    const { walkSettingsOf } = await import('./correction-walk.ts');
    return startSink({
      nats: { url: natsUrl(config), access: natsAccess(config) },
      clickhouse: () => clickHouseAddress(config),
      refusalIsFinal: config.clickhouse.url !== null,
      framesMaxAge: config.frames.max_age,
      settings: settingsOf(config),
      corrections: {
        settings: walkSettingsOf(config),
        flushIntervalMs: config.frames.flush_interval_ms,
      },
      retention: config.retention,
      log,
    });
  },
  async gateway(config, log) {
    const { startGateway } = await import('./gateway/start-gateway.ts');
    return startGateway(config, log);
  },
  async demo(config, log) {
    const { startDemo } = await import('./demo/market.ts');
    return startDemo(config, { natsUrl: natsUrl(config), log });
  },
};

/** Ends the process when the roles have ended: exit code 0 after a signal, 1 when one could not start or stop. */
export async function runRoles(wanted: readonly Role[], config: Config): Promise<void> {
  const log = pino(
    { level: config.log.level, base: { role: wanted.join(',') } },
    pino.destination({ fd: 2, sync: true }),
  );
  // Whoever started this process and is gone without a word was killed: no orphan may go on beside its successor.
  process.once('disconnect', endAtOnce);
  const signal = firstSignal(endAtOnce);
  const running: Running[] = [];
  try {
    for (const role of wanted) {
      const started = await starters[role](config, log);
      started.failed?.catch((error: unknown) => {
        log.fatal({ ...told(error), failed: role }, 'cannot go on');
        process.exit(1);
      });
      running.push(started);
    }
  } catch (error) {
    log.fatal(told(error), 'cannot start');
    tellParent({ failed: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  tellParent({ ready: true });
  log.info({ signal: await signal }, 'draining');
  setTimeout(() => {
    log.fatal({ boundMs: limits.roleStopMsMax }, 'did not drain in time');
    endAtOnce();
  }, limits.roleStopMsMax).unref();
  try {
    for (const each of running.reverse()) await each.stop();
  } catch (error) {
    log.fatal({ err: error }, 'cannot stop');
    process.exit(1);
  }
  log.info({}, 'stopped');
  process.exit(0);
}

/** A failure is a sentence: of what it stands for no stack helps. */
function told(error: unknown): object {
  return error instanceof Failure ? { error: error.message } : { err: error };
}

/** `process.exit` runs the destructors of the embedded engine, which may wait for ever when it was not closed. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
