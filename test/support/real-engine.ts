/**
 * The whole of `tidemark up` with `tick.source: nats`, spoken to by a plain `nats` client: what a back end does. Owns
 * the connection and the waiting; knows no figure.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, StringCodec } from 'nats';
import type { JetStreamClient, NatsConnection } from 'nats';
import { startUp, testInstallation } from './tidemark.ts';
import type { TestInstallation, Tidemark } from './tidemark.ts';
import { until } from './until.ts';

const text = StringCodec();

export interface Emission {
  readonly account_id: string;
  readonly tick: number;
  readonly [field: string]: unknown;
}

export interface EngineOptions {
  /** By symbol, as in the configuration. */
  readonly instruments?: Readonly<Record<string, object>>;
  readonly env?: Readonly<Record<string, string>>;
}

export class RealEngine {
  readonly nats: NatsConnection;
  readonly jetStream: JetStreamClient;
  /** Of every message on `equity.*` so far. */
  readonly emissions: Emission[] = [];
  readonly installation: TestInstallation;
  /** For commands that go to the same installation. */
  readonly env: Readonly<Record<string, string>>;
  private readonly up: Tidemark;
  private readonly configDir: string;
  private ticks = 0;

  private constructor(
    up: Tidemark,
    nats: NatsConnection,
    installation: TestInstallation,
    env: Readonly<Record<string, string>>,
    configDir: string,
  ) {
    this.up = up;
    this.nats = nats;
    this.jetStream = nats.jetstream();
    this.installation = installation;
    this.env = env;
    this.configDir = configDir;
    nats.subscribe('equity.*', {
      callback: (_error, message) => this.emissions.push(JSON.parse(text.decode(message.data)) as Emission),
    });
  }

  static async start({ instruments = {}, env: more = {} }: EngineOptions = {}): Promise<RealEngine> {
    const installation = await testInstallation();
    const configDir = mkdtempSync(join(tmpdir(), 'tidemark-config-'));
    const file = join(configDir, 'config.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ tick: { source: 'nats' }, log: { level: 'warn' }, instruments }));
    const env = { ...installation.env, TIDEMARK_CONFIG: file, ...more };
    const up = await startUp(env);
    const nats = await connect({ servers: `127.0.0.1:${installation.natsPort}` });
    const engine = new RealEngine(up, nats, installation, env, configDir);
    await nats.flush();
    return engine;
  }

  /** Of the process that started the parts. */
  get parentPid(): number | undefined {
    return this.up.process.pid;
  }

  async stop(): Promise<void> {
    await this.nats.close();
    this.up.process.kill('SIGTERM');
    await this.up.ended;
    this.installation.remove();
    rmSync(this.configDir, { recursive: true, force: true });
  }

  /** kill -9 of the engine's process, and until its successor is live. */
  async killEngine(): Promise<void> {
    const { pid } = await this.stats();
    process.kill(pid as number, 'SIGKILL');
    const isBack = async (): Promise<boolean> => {
      const stats = await this.stats();
      return stats['pid'] !== pid && stats['state'] === 'live';
    };
    await until(isBack, { what: 'the engine to be live again', timeoutMs: 60_000 });
  }

  /** A message of the ledger, as it is; its LEDGER sequence. */
  async settle(subject: string, message: unknown): Promise<number> {
    return this.settleRaw(subject, text.encode(JSON.stringify(message)));
  }

  async settleRaw(subject: string, payload: Uint8Array): Promise<number> {
    const { seq } = await this.jetStream.publish(subject, payload);
    return seq;
  }

  price(symbol: string, message: unknown): void {
    this.nats.publish(`prices.${symbol}`, text.encode(JSON.stringify(message)));
  }

  /** A tick, resolved when the engine has done it; `timeMs` is the time of what came before it, too. */
  async tick(timeMs?: number): Promise<number> {
    const tick = ++this.ticks;
    this.nats.publish('ticks', text.encode(JSON.stringify({ tick, ts: timeMs ?? tick })));
    await until(async () => ((await this.stats()).tick as number) >= tick, {
      what: `tick ${tick}`,
      timeoutMs: 60_000,
      pollMs: 1,
    });
    return tick;
  }

  async stats(): Promise<Record<string, unknown>> {
    return this.ask('stats', {});
  }

  /** As `tidemark.inspect` answers; null where there is no such account. */
  async inspect(account: string): Promise<Record<string, unknown> | null> {
    const reply = await this.nats.request(
      'tidemark.inspect',
      text.encode(JSON.stringify({ account_id: account })),
      { timeout: 10_000 },
    );
    if (reply.headers?.get('Nats-Service-Error-Code') === '404') return null;
    return JSON.parse(text.decode(reply.data)) as Record<string, unknown>;
  }

  private async ask(what: string, request: object): Promise<Record<string, unknown>> {
    const reply = await this.nats.request(`tidemark.${what}`, text.encode(JSON.stringify(request)), {
      timeout: 2_000,
    });
    return JSON.parse(text.decode(reply.data)) as Record<string, unknown>;
  }

  /** Resolves when every emission up to now has come: those of an account of its own are behind them. */
  async allEmissions(): Promise<readonly Emission[]> {
    const marker = 'emission-marker';
    await this.settle(`cash.${marker}`, { id: `m${this.ticks}`, type: 'deposit', amount: 1 });
    const tick = await this.tick();
    const isMarker = (e: Emission): boolean => e.account_id === marker && e.tick === tick;
    await until(() => this.emissions.some(isMarker), {
      what: 'the emission of the marker',
      timeoutMs: 30_000,
    });
    return this.emissions.filter((e) => e.account_id !== marker);
  }
}
