import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../src/failure.ts';
import type { Log } from '../../src/ports.ts';
import { findNatsServer } from '../../src/process/find-nats-server.ts';
import { natsServerChild } from '../../src/process/nats-server.ts';
import { isPortFree, natsGreeting } from '../../src/process/port.ts';
import { SupervisedChild, type ChildSpec } from '../../src/process/supervised-child.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const nothing = (): void => undefined;
const unexpected = (failure: Failure): never => {
  throw failure;
};
const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('a supervised child', () => {
  let dir: string;
  let child: SupervisedChild;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'tidemark-child-'))));
  afterEach(async () => {
    await child.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const started: ChildProcess[] = [];
  /** A Node process that runs `code` and is ready when it sends a message. */
  const script = (code: string): ChildSpec => ({
    name: 'script',
    logFile: join(dir, 'logs', 'script.log'),
    spawn(log) {
      const spawned = spawn(process.execPath, ['-e', code], {
        detached: true,
        stdio: ['ignore', log, log, 'ipc'],
      });
      started.push(spawned);
      return spawned;
    },
    ready: (spawned) => new Promise((resolve) => spawned.once('message', () => resolve())),
    askToStop: (spawned) => spawned.kill('SIGTERM'),
  });
  const serves = 'setInterval(() => 0, 1000); process.send("ready");';
  const supervise = (spec: ChildSpec, giveUp: (failure: Failure) => void = unexpected): SupervisedChild =>
    (child = new SupervisedChild(spec, silent, giveUp));

  const soon = { childRestartDelayMs: 1, childRestartDelayMsMax: 2 };

  it('is ready when it says so, and ends when it is told to', async () => {
    await supervise(script(serves)).start();
    const { pid } = started.at(-1)!;
    await child.stop();
    assert.equal(isAlive(pid!), false);
  });

  it('that ends before it serves is not tried again: its last words are told', async () => {
    const before = started.length;
    await assert.rejects(
      supervise(script('console.error("no such thing as a free port"); process.exit(3)')).start(),
      /script ended with exit code 3: no such thing as a free port \(see .*script\.log\)/,
    );
    assert.equal(started.length, before + 1);
  });

  it('that is killed is started again', async () => {
    await supervise(script(serves)).start();
    const first = started.at(-1)!;
    first.kill('SIGKILL');
    await until(() => started.at(-1) !== first && started.at(-1)!.exitCode === null, {
      what: 'another process',
    });
    assert.equal(isAlive(first.pid!), false);
  });

  it('that is being started again is not, once it is told to stop', async () => {
    await supervise(script(serves)).start();
    const before = started.length;
    started.at(-1)!.kill('SIGKILL');
    await until(() => started.at(-1)!.signalCode !== null, { what: 'the end of the process' });
    await child.stop();
    assert.equal(started.length, before);
  });

  it('that ends again and again is given up after the bound, with its last words', async () => {
    const before = started.length;
    const gaveUp = new Promise<Failure>((resolve) => {
      const bounds = { ...soon, childRestartsMax: 3, childSettledMs: 60_000 };
      const code =
        'process.on("message", () => { console.error("out of luck"); process.exit(1); }); process.send("ready")';
      const endsOnceReady: ChildSpec = {
        ...script(code),
        ready: (spawned) =>
          new Promise((ready) => {
            spawned.once('message', () => {
              ready();
              spawned.send('end');
            });
          }),
      };
      child = new SupervisedChild(endsOnceReady, silent, resolve, bounds);
      void child.start();
    });
    assert.match((await gaveUp).message, /script ended 3 times in a row: .*out of luck/s);
    assert.equal(started.length, before + 4);
  });

  it('that has served for a while each time is started again, however often it ends', async () => {
    const bounds = { ...soon, childRestartsMax: 1, childSettledMs: 0 };
    let served = 0;
    const spec = script(serves);
    const ready = async (spawned: ChildProcess): Promise<void> => {
      await spec.ready(spawned);
      served++;
    };
    child = new SupervisedChild({ ...spec, ready }, silent, unexpected, bounds);
    await child.start();
    for (let kills = 1; kills <= 4; kills++) {
      started.at(-1)!.kill('SIGKILL');
      await until(() => served > kills, { what: `start ${kills + 1}` });
    }
  });

  it('that comes no further than to its start is given up, however long each start takes', async () => {
    const flag = join(dir, 'was-here');
    // Serves once, and is gone; then it only begins, and takes longer than what would have settled it.
    const code =
      `const fs = require("fs"); if (!fs.existsSync(${JSON.stringify(flag)})) { fs.writeFileSync(${JSON.stringify(flag)}, ""); ` +
      'process.send("ready", () => process.exit(1)); } else setTimeout(() => process.exit(1), 30);';
    const bounds = { ...soon, childRestartsMax: 2, childSettledMs: 20 };
    const gaveUp = new Promise<Failure>((resolve) => {
      child = new SupervisedChild(script(code), silent, resolve, bounds);
      void child.start();
    });
    assert.match((await gaveUp).message, /script ended 2 times in a row/);
  });

  describe('nats-server', () => {
    const binary = findNatsServer()!;
    const spec = (port: number): ChildSpec =>
      natsServerChild({
        binary,
        host: '127.0.0.1',
        port,
        directory: join(dir, 'nats'),
        logFile: join(dir, 'nats.log'),
      });
    const pidOf = (): number => Number(readFileSync(join(dir, 'nats', 'nats-server.pid'), 'utf8'));

    it('serves JetStream from the directory, and ends when it is told to', async () => {
      const port = await freePort();
      await supervise(spec(port)).start();
      const greeting = await natsGreeting('127.0.0.1', port);
      assert.equal(greeting?.jetstream, true);
      assert.equal(greeting.max_payload, 1_048_576);
      assert.ok(existsSync(join(dir, 'nats', 'jetstream')));
      const pid = pidOf();
      await child.stop();
      assert.equal(isAlive(pid), false);
      assert.equal(await isPortFree(port, '127.0.0.1'), true);
    });

    it('is started again on its port after kill -9', async () => {
      const port = await freePort();
      await supervise(spec(port)).start();
      const pid = pidOf();
      process.kill(pid, 'SIGKILL');
      await until(async () => pidOf() !== pid && (await natsGreeting('127.0.0.1', port)), {
        what: 'nats-server again',
      });
    });

    it('ends with the process that supervises it, even when that is killed', async () => {
      const port = await freePort();
      supervise(script(serves)); // Only so that the hook has something to stop.
      const code = `
        import { natsServerChild } from ${JSON.stringify(new URL('../../src/process/nats-server.ts', import.meta.url).href)};
        const options = ${JSON.stringify({ binary, host: '127.0.0.1', port, directory: join(dir, 'nats'), logFile: join(dir, 'nats.log') })};
        const spec = natsServerChild(options);
        const child = spec.spawn(2);
        await spec.ready(child);
        console.log('ready');`;
      const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await new Promise((resolve) => parent.stdout.once('data', resolve));
      parent.kill('SIGKILL');
      await until(() => isPortFree(port, '127.0.0.1'), { what: 'the port to be free again' });
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
