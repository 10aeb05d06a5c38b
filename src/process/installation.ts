/**
 * Everything that `tidemark up` starts: which parts, in which order, and their end in the opposite one. Owns the data
 * directory while it runs. Knows nothing of what the parts do, and prints nothing.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { dataDirectory, logDirectory, loopback, natsDirectory, wantedPorts } from '../addresses.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../ports.ts';
import { claimDataDirectory } from './data-directory.ts';
import { findNatsServer } from './find-nats-server.ts';
import { natsServerChild, natsServerName } from './nats-server.ts';
import { isPortFree, natsGreeting } from './port.ts';
import { roleChild } from './role-child.ts';
import { SupervisedChild, type ChildSpec } from './supervised-child.ts';

const natsPortUsual = 4222;

export interface InstallationOptions {
  readonly demo: boolean;
  /** Path for the children's --config. */
  readonly configFile: string | undefined;
  readonly log: Log;
  /** A part has ended for good. What still runs goes on until `stop`. */
  readonly onGiveUp: (failure: Failure) => void;
}

export interface Installation {
  /** Starts part after part. Throws Failure, with everything ended again. */
  start(): Promise<void>;
  /** Ends the parts in order, each within its bound. Also during `start`. */
  stop(): Promise<void>;
  /** Ends all parts at once. */
  kill(): void;
}

/** Throws Failure when the data directory is in use or another version's. */
export function openInstallation(config: Config, options: InstallationOptions): Installation {
  const claim = claimDataDirectory(dataDirectory(config));
  const children: SupervisedChild[] = [];
  let stopped: Promise<void> | null = null;
  const trim = setInterval(() => children.forEach((child) => child.trimLog()), limits.childLogTrimMs);
  trim.unref();

  const startTogether = async (specs: readonly ChildSpec[]): Promise<void> => {
    if (stopped !== null) return;
    const group = specs.map((spec) => new SupervisedChild(spec, options.log, options.onGiveUp));
    children.push(...group);
    await Promise.all(group.map((child) => child.start()));
  };
  const stop = async (): Promise<void> => {
    for (const child of [...children].reverse()) await child.stop();
    clearInterval(trim);
    claim.release();
  };

  return {
    async start() {
      try {
        await requirePorts(config, claim.wasAbandoned);
        if (config.nats.url !== null) await requireNats(config.nats.url);
        for (const specs of parts(config, options)) await startTogether(specs);
      } catch (error) {
        await (stopped ??= stop());
        throw error;
      }
    },
    stop: () => (stopped ??= stop()),
    kill() {
      for (const child of children) child.kill();
      claim.release();
    },
  };
}

/** In the order of their start: each group needs the ones before it. Stopped from the last to the first. */
function parts(config: Config, { demo, configFile }: InstallationOptions): ChildSpec[][] {
  const logFile = (name: string): string => join(logDirectory(config), `${name}.log`);
  const role = (name: string): ChildSpec => roleChild(name, logFile(name), configFile);
  const groups: ChildSpec[][] = [];
  if (config.nats.url === null) {
    const binary = findNatsServer();
    if (binary === null) {
      throw new Failure(
        'nats-server is missing: run `node scripts/setup.mjs`, put it on the PATH, or set nats.url to a server that runs',
      );
    }
    const { port } = config.nats;
    const directory = natsDirectory(config);
    groups.push([
      natsServerChild({ binary, host: loopback, port, directory, logFile: logFile('nats-server') }),
    ]);
  }
  if (config.clickhouse.url === null) groups.push([role('store')]);
  // The sink is before the engine, so that it ends after it: what the engine drains last still reaches ClickHouse.
  // The gateway is behind them and ends first: what it answers is asked of the engine.
  groups.push([role('sink'), role('engine'), role('gateway')]);
  if (demo) groups.push([role('demo')]);
  return groups;
}

/**
 * Throws Failure for the first port that is taken. After an owner that was killed, its children may need a moment to
 * end: then the ports are waited for.
 */
async function requirePorts(config: Config, wasAbandoned: boolean): Promise<void> {
  const deadline = performance.now() + (wasAbandoned ? limits.childStopMsMax : 0);
  for (const { key, port, host } of wantedPorts(config)) {
    while (!(await isPortFree(port, host))) {
      if (performance.now() >= deadline) throw await portTaken(key, port);
      await sleep(limits.readinessPollMs);
    }
  }
}

async function portTaken(key: string, port: number): Promise<Failure> {
  const greeting = await natsGreeting(loopback, port);
  const by =
    greeting === null
      ? 'another program'
      : greeting.server_name === natsServerName
        ? 'another Tidemark'
        : 'another NATS server';
  const variable = `TIDEMARK_${key.replace('.', '_').toUpperCase()}`;
  const orUse =
    greeting === null || greeting.server_name === natsServerName
      ? ''
      : `, or nats.url to nats://${loopback}:${port} to use it`;
  return new Failure(`port ${port} is taken by ${by}: set ${key} (or ${variable}) to a free port${orUse}`);
}

/** Without NATS nothing starts: better told at once than waited for. ClickHouse may be away, and come later. */
async function requireNats(servers: string): Promise<void> {
  for (const server of servers.split(',')) {
    const { hostname, port } = new URL(server.trim());
    if ((await natsGreeting(hostname, Number(port || natsPortUsual))) !== null) return;
  }
  throw new Failure(
    `NATS does not answer at ${servers}: set nats.url to a server that runs, or to nothing for one of our own`,
  );
}
