/**
 * The installation that a fault is done to: `tidemark up` with its children, or the same parts each started by hand
 * where exit codes and a second engine matter. Owns addresses, connections and processes; knows no fault and no figure.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '../../config/limits.ts';
import { loadConfig } from '../../config/load.ts';
import { clickHouseAddress, loopback, natsUrl, storePasswordFile } from '../../src/addresses.ts';
import { inspectText } from '../../src/client/account-reply.ts';
import { connectNats, type NatsDoor } from '../../src/client/nats.ts';
import { StoreDoor } from '../../src/client/store.ts';
import type { LoadDoors } from '../../src/load/doors.ts';
import { natsGreeting } from '../../src/process/port.ts';
import { testInstallation, type TestInstallation } from '../../test/support/tidemark.ts';
import { until } from '../../test/support/until.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface EngineStatus extends Json {
  readonly pid: number;
  readonly state: string;
  readonly tick: number;
  readonly ledger_sequence: number;
}

export class Installation {
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly natsPort: number;
  readonly storePort: number;
  private readonly place: TestInstallation;
  private readonly configDir: string;
  private door: Promise<NatsDoor> | null = null;
  private storeDoor: StoreDoor | null = null;

  private constructor(place: TestInstallation, configDir: string, env: Readonly<Record<string, string>>) {
    this.place = place;
    this.configDir = configDir;
    this.env = env;
    this.dataDir = place.dataDir;
    this.natsPort = place.natsPort;
    this.storePort = place.storePort;
  }

  /** Ports, a directory and a configuration (over the default one); nothing runs yet. */
  static async prepare(
    configuration: Json = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<Installation> {
    const place = await testInstallation();
    const configDir = mkdtempSync(join(tmpdir(), 'tidemark-faults-'));
    const file = join(configDir, 'config.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ log: { level: 'info' }, ...configuration }));
    return new Installation(place, configDir, { ...place.env, TIDEMARK_CONFIG: file, ...env });
  }

  get natsUrl(): string {
    return natsUrl(this.config);
  }

  /** To the NATS of the installation; taken up again whenever it is lost. */
  nats(): Promise<NatsDoor> {
    return (this.door ??= connectNats(this.config, { reconnects: true }));
  }

  /** What a check asks: the engine over NATS, the tables over HTTP. */
  readonly doors: LoadDoors = {
    inspect: async (account) => {
      const text = await inspectText(await this.nats(), account);
      return text === null ? null : (JSON.parse(text) as Json);
    },
    stats: async () => this.status(),
    rows: (statement, parameters) => this.store.rows(statement, parameters),
  };

  /** Throws where no engine answers at once: a request that a killed one took is not waited for. */
  async status(): Promise<EngineStatus> {
    const { connection } = await this.nats();
    const reply = await connection.request('tidemark.stats', '{}', { timeout: limits.faultAskMsMax });
    return reply.json<EngineStatus>();
  }

  /** Resolves with the answer of an engine for which `is` holds; those that stand by have a subject of their own. */
  async untilEngine(
    what: string,
    is: (status: EngineStatus) => boolean,
    subject = 'tidemark.stats',
  ): Promise<EngineStatus> {
    const { connection } = await this.nats();
    let found: EngineStatus | null = null;
    // One after the other without waiting for answers: a request may lie with an engine that is stopped.
    const ask = async (): Promise<void> => {
      try {
        const reply = await connection.request(subject, '{}', { timeout: limits.faultAskMsMax });
        const status = reply.json<EngineStatus>();
        if (is(status)) found ??= status;
      } catch {
        // Nobody answers: the next one asks again.
      }
    };
    return until(
      () => {
        void ask();
        return found;
      },
      { what, timeoutMs: limits.faultRecoveryMsMax, pollMs: limits.faultPollMs },
    );
  }

  /** Resolves with the answer of a live engine other than `former`. */
  untilLive(former: readonly number[] = []): Promise<EngineStatus> {
    return this.untilEngine(
      'an engine to be live',
      ({ state, pid }) => state === 'live' && !former.includes(pid),
    );
  }

  async untilNatsAnswers(): Promise<void> {
    await until(() => natsGreeting(loopback, this.natsPort), {
      what: 'nats-server to answer',
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultPollMs,
    });
  }

  async untilStoreHasPassword(): Promise<void> {
    await until(() => existsSync(storePasswordFile(this.config)), {
      what: 'the password of the store',
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultPollMs,
    });
  }

  async untilStoreAnswers(): Promise<void> {
    await until(() => this.store.rows<Json>('SELECT 1 AS one').then((rows) => rows.length === 1), {
      what: 'the store to answer',
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultPollMs,
    });
  }

  /** Closes the connections and removes the directories; everything must have ended. */
  async remove(): Promise<void> {
    await this.storeDoor?.close();
    await (await this.door)?.close();
    this.place.remove();
    rmSync(this.configDir, { recursive: true, force: true });
  }

  private get store(): StoreDoor {
    const address = clickHouseAddress(this.config);
    if (address.password === '') throw new Error('the store has not made its password yet');
    return (this.storeDoor ??= new StoreDoor(address));
  }

  private get config() {
    return loadConfig({ file: undefined, env: this.env });
  }
}
