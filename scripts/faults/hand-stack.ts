/**
 * The same parts as those of `tidemark up`, each started by hand: a nats-server, a store, a sink and as many engines as
 * wanted, so that an exit code is seen and nothing is started again. Knows no fault.
 */
import { startNats, type TestNats } from '../../test/support/nats.ts';
import { spawnTidemark, type Tidemark } from '../../test/support/tidemark.ts';
import { Installation, type EngineStatus, type Json } from './installation.ts';

/** As `up` gives it to its store: libuv's pool cannot grow later. */
const storeThreads = { UV_THREADPOOL_SIZE: '12' };

export class HandStack {
  readonly installation: Installation;
  private readonly nats: TestNats;
  private readonly running: Tidemark[] = [];

  private constructor(installation: Installation, nats: TestNats) {
    this.installation = installation;
    this.nats = nats;
  }

  /** With a store and a sink where rows are asked about; no engine yet. */
  static async start({
    withStore,
    configuration = {},
  }: {
    withStore: boolean;
    configuration?: Json;
  }): Promise<HandStack> {
    const nats = await startNats();
    const installation = await Installation.prepare(configuration, { TIDEMARK_NATS_URL: nats.url });
    const stack = new HandStack(installation, nats);
    try {
      if (withStore) await stack.startStore();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  private async startStore(): Promise<void> {
    const { installation } = this;
    const store = this.spawn('store', storeThreads);
    // A sink reads the store's password once, at its start; it makes the database, without which nothing answers.
    await orEnded(store, installation.untilStoreHasPassword());
    const sink = this.spawn('sink');
    await orEnded(store, orEnded(sink, installation.untilStoreAnswers()));
  }

  /** Resolves when the engine is live. */
  async engine(): Promise<Tidemark> {
    const engine = this.spawn('engine');
    const { pid } = engine.process;
    await orEnded(
      engine,
      this.installation.untilEngine('the engine to be live', (status) => {
        return status.pid === pid && status.state === 'live';
      }),
    );
    return engine;
  }

  /** Resolves when the engine waits for another one to go. */
  async standby(): Promise<Tidemark> {
    const engine = this.spawn('engine');
    const { pid } = engine.process;
    const isIt = (status: EngineStatus): boolean => status.pid === pid;
    await orEnded(engine, this.installation.untilEngine('the standby', isIt, 'tidemark.standby.stats'));
    return engine;
  }

  /** Everything ends in order, engines first, and is removed. */
  async stop(): Promise<void> {
    for (const each of this.running.reverse()) {
      each.process.kill('SIGCONT');
      each.process.kill('SIGTERM');
      await each.ended;
    }
    await this.installation.remove();
    await this.nats.stop();
  }

  private spawn(role: string, env: Readonly<Record<string, string>> = {}): Tidemark {
    const child = spawnTidemark(['run', role], { ...this.installation.env, ...env });
    this.running.push(child);
    return child;
  }
}

/** What is waited for, unless the process ends instead. */
async function orEnded(child: Tidemark, reached: Promise<unknown>): Promise<void> {
  const ended = child.ended.then((code) => {
    throw new Error(`a process ended with ${code}: ${child.stderr().slice(-2000)}`);
  });
  await Promise.race([reached, ended]);
}
