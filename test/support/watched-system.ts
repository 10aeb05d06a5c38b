/**
 * `tidemark up` with a small market that a test drives by hand over plain NATS, and its processes, for tests of what
 * people look at. Knows neither gateway nor browser.
 */
import { connect, type NatsConnection } from 'nats';
import { processes } from '../../scripts/faults/processes.ts';
import type { Json } from './running-tidemark.ts';
import { startUp, testInstallation, type TestInstallation, type Tidemark } from './tidemark.ts';
import { until } from './until.ts';

const timeoutMs = 20_000;

export class WatchedSystem {
  readonly installation: TestInstallation;
  readonly nats: NatsConnection;
  private readonly up: Tidemark;

  private constructor(installation: TestInstallation, nats: NatsConnection, up: Tidemark) {
    this.installation = installation;
    this.nats = nats;
    this.up = up;
  }

  /** `env`: TIDEMARK_ variables beside ports and data directory. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<WatchedSystem> {
    const installation = await testInstallation();
    const up = await startUp({ ...installation.env, ...env });
    const nats = await connect({ servers: `127.0.0.1:${installation.natsPort}` });
    return new WatchedSystem(installation, nats, up);
  }

  get url(): string {
    return `http://127.0.0.1:${this.installation.httpPort}`;
  }

  /** A message of the ledger; its LEDGER sequence. */
  async publish(subject: string, message: object): Promise<number> {
    return (await this.nats.jetstream().publish(subject, JSON.stringify(message))).seq;
  }

  price(symbol: string, price: string): void {
    this.nats.publish(`prices.${symbol}`, JSON.stringify({ price, ts: Date.now() }));
  }

  async inspect(account: string): Promise<Json> {
    const reply = await this.nats.request('tidemark.inspect', JSON.stringify({ account_id: account }));
    return reply.json<Json>();
  }

  /** Resolves when the position of the account is at this mark. */
  async marked(account: string, symbol: string, price: string): Promise<Json> {
    this.price(symbol, price);
    return until(
      async () => {
        const found = await this.inspect(account);
        const positions = found['positions'] as readonly Json[];
        return positions.some((each) => each['symbol'] === symbol && each['mark'] === price) ? found : null;
      },
      { what: `${symbol} at ${price}`, timeoutMs },
    );
  }

  /** A signal to the process of a role. */
  async signal(role: string, signal: NodeJS.Signals): Promise<void> {
    const all = await processes();
    const { pid } =
      all.find(({ parent, command }) => parent === this.up.process.pid && command.includes(`run ${role}`)) ??
      {};
    if (pid === undefined) throw new Error(`there is no process of ${role}`);
    process.kill(pid, signal);
  }

  async stop(): Promise<void> {
    await this.nats.close();
    this.up.process.kill('SIGTERM');
    await this.up.ended;
    this.installation.remove();
  }
}
