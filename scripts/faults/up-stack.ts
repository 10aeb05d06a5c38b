/**
 * `tidemark up --no-demo` as a process, and its children by name: which process each one is now, and when it said that
 * it serves. Knows no more of it than its command line, its log and the table of processes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startUp, type Tidemark } from '../../test/support/tidemark.ts';
import { until } from '../../test/support/until.ts';
import { limits } from '../../config/limits.ts';
import { Installation, type Json } from './installation.ts';
import { isAlive, processes } from './processes.ts';

export const parts = ['engine', 'sink', 'store', 'nats-server'] as const;
export type Part = (typeof parts)[number];

export class UpStack {
  readonly installation: Installation;
  private up: Tidemark;

  private constructor(installation: Installation, up: Tidemark) {
    this.installation = installation;
    this.up = up;
  }

  /** `prepared` is called when the directory is there and nothing runs in it yet. */
  static async start(
    configuration: Json = {},
    prepared: (installation: Installation) => void = () => undefined,
  ): Promise<UpStack> {
    const installation = await Installation.prepare(configuration);
    prepared(installation);
    return new UpStack(installation, await startUp(installation.env, ['--no-demo']));
  }

  get process(): Tidemark {
    return this.up;
  }

  /** After `up` has ended: the same directory, the same ports. */
  async startAgain(): Promise<void> {
    this.up = await startUp(this.installation.env, ['--no-demo']);
  }

  /** The process that a part is now; null while it is none. Throws where `up` itself has ended. */
  async pidOf(part: Part): Promise<number | null> {
    if (this.up.process.exitCode !== null) {
      throw new Error(
        `tidemark up has ended with ${this.up.process.exitCode}: ${this.up.stderr().slice(-2000)}`,
      );
    }
    if (part === 'nats-server') return this.natsPid();
    const isPart = new RegExp(`\\brun ${part}$`);
    const own = (await processes()).find(
      ({ parent, command }) => parent === this.up.process.pid && isPart.test(command),
    );
    return own?.pid ?? null;
  }

  /** Resolves with the part's process when there is one. */
  untilThere(part: Part): Promise<number> {
    return until(() => this.pidOf(part), {
      what: `${part} to be started again`,
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultPollMs,
    });
  }

  /** How often a part has reported to serve. */
  servedCount(part: Part): number {
    return this.up
      .stderr()
      .split('\n')
      .filter((line) => line.includes(`"child":"${part}"`) && line.includes('"msg":"ready"')).length;
  }

  /** Resolves when the part serves again, since it had `pid` and had been ready so often. */
  async untilServing(part: Part, pid: number, servedBefore: number): Promise<void> {
    const { installation } = this;
    if (part === 'engine') {
      await Promise.race([installation.untilLive([pid]), this.ended]);
      return;
    }
    await until(() => this.servedCount(part) > servedBefore || this.pidOf(part).then(() => false), {
      what: `${part} to be ready`,
      timeoutMs: limits.faultRecoveryMsMax,
      pollMs: limits.faultPollMs,
    });
    if (part === 'nats-server') await installation.untilNatsAnswers();
    if (part === 'store') await installation.untilStoreAnswers();
  }

  /** Ends `up` in order, and removes what it kept; `ended` is called in between. */
  async stop(ended: () => void = () => undefined): Promise<void> {
    this.up.process.kill('SIGTERM');
    await this.up.ended;
    ended();
    await this.installation.remove();
  }

  /** Rejects when `up` has ended: what it gave up does not come back. */
  private get ended(): Promise<never> {
    return this.up.ended.then((code) => {
      throw new Error(`tidemark up has ended with ${code}: ${this.up.stderr().slice(-2000)}`);
    });
  }

  private natsPid(): number | null {
    try {
      const file = join(this.installation.dataDir, 'nats', 'nats-server.pid');
      const pid = Number(readFileSync(file, 'utf8'));
      return pid > 0 && isAlive(pid) ? pid : null;
    } catch {
      // Not started yet.
      return null;
    }
  }
}
