/** What goes wrong in a simulated world, and when: each world has its own kinds of faults, from its seed. */
import type { Random } from '../../src/random.ts';
import type { World } from './world.ts';

type Fault = (world: World, random: Random) => void;

const hourMs = 3_600_000;
const blockedMsMax = 200;

const faults: Readonly<Record<string, Fault>> = {
  kill(world, random) {
    if (world.engines.length > 0) world.killEngine(random.pick(world.engines));
  },
  /** One is stopped until another one may have its partition, then goes on: perhaps with what it could not send before. */
  stop(world, random) {
    const { engines, scheduler, leaseTtlMs } = world;
    if (engines.length === 0) return;
    const { process } = random.pick(engines);
    if (process.isStopped) return;
    const blockedMs = random.chance(0.5) ? random.between(0, blockedMsMax) : 0;
    process.blockedUntil = scheduler.now + blockedMs;
    scheduler.after(blockedMs, () => {
      if (!process.isAlive || process.isStopped) return;
      world.trace(`${process.name} is stopped`);
      process.stop();
      if (engines.length < 2) world.startEngine();
      scheduler.after(random.between(10, 3 * leaseTtlMs), () => {
        if (!process.isAlive) return;
        world.trace(`${process.name} goes on`);
        process.resume();
      });
    });
  },
  standby(world) {
    if (world.engines.length < 2) world.startEngine();
  },
  drain(world) {
    const engine = world.engines.find((each) => each.isLive && !each.isDraining && !each.process.isStopped);
    if (engine === undefined) return;
    world.trace(`${engine.process.name} drains`);
    engine.stop().then(
      () => {
        if (engine.process.isAlive) world.killEngine(engine);
      },
      (error: unknown) => engine.process.fail(error),
    );
  },
  serverAway(world, random) {
    away(world, random.pick([30, 300, 1_500]), random);
  },
  serverRestart(world, random) {
    away(world, 200, random);
    world.trace('what the server had in memory is gone');
    world.server.restart();
  },
  clickhouseAway(world, random) {
    const { clickhouse, scheduler } = world;
    if (clickhouse.isAway) return;
    clickhouse.isAway = true;
    world.trace('ClickHouse is away');
    scheduler.after(random.between(50, 2_000), () => {
      clickhouse.isAway = false;
      world.trace('ClickHouse is back');
    });
  },
  /** Some of what is written to the changelog is refused; and soon after somebody has to live with what it has. */
  changelogFull(world, random) {
    const { server, scheduler } = world;
    server.hasRoom = () => random.chance(0.6);
    world.trace('the changelog is full');
    const roomAtMs = random.between(100, 2_000);
    scheduler.after(roomAtMs, () => {
      server.hasRoom = () => true;
      world.trace('the changelog has room');
    });
    scheduler.after(roomAtMs + random.between(50, 2_500), () => {
      const [engine] = world.engines;
      if (engine !== undefined && !world.isAtPeace) world.killEngine(engine);
    });
  },
  killSink(world) {
    world.killSink();
  },
  clockStep(world, random) {
    const step = random.pick([-hourMs, hourMs]);
    world.setClock(Math.max(-hourMs, Math.min(hourMs, world.clockOffMs + step)));
    world.trace(`the clock is off by ${world.clockOffMs} ms`);
  },
  burst(world) {
    for (let i = 0; i < 40; i++) world.publishPrice();
  },
};

function away(world: World, upToMs: number, random: Random): void {
  const { weather, scheduler } = world;
  if (weather.isAway) return;
  weather.isAway = true;
  world.trace('the server is away');
  scheduler.after(random.between(10, upToMs), () => {
    weather.isAway = false;
    world.trace('the server is back');
  });
}

/** Lets faults happen until told to stop. */
export function letFaultsHappen(world: World, random: Random): () => void {
  const kinds = Object.values(faults).filter(() => random.chance(0.6));
  const everyMs = random.pick([60, 200, 600]);
  let isOn = kinds.length > 0;
  const next = (): void => {
    world.scheduler.after(random.between(0, 2 * everyMs), () => {
      if (!isOn) return;
      random.pick(kinds)(world, random);
      next();
    });
  };
  next();
  return () => {
    isOn = false;
  };
}
