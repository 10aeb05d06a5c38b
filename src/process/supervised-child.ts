/**
 * One child process that is kept alive: started, waited for, started again with backoff when it ends by itself, ended
 * on demand within a bound. Knows nothing of what the child does; a `ChildSpec` says how it is started and told to end.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../config/limits.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../ports.ts';
import { lastWords, openLogFile, trimLogFile } from './log-file.ts';

export interface ChildSpec {
  readonly name: string;
  readonly logFile: string;
  /** Starts it in a process group of its own, with output to the descriptor. */
  spawn(logDescriptor: number): ChildProcess;
  /** Resolves when it serves; rejects with the sentence to tell when it says that it cannot. */
  ready(child: ChildProcess): Promise<void>;
  /** Asks it to end in order. */
  askToStop(child: ChildProcess): void;
}

/** How often, and how far apart, an ended child is started again. */
export interface RestartBounds {
  readonly childRestartsMax: number;
  readonly childRestartDelayMs: number;
  readonly childRestartDelayMsMax: number;
  readonly childSettledMs: number;
}

export class SupervisedChild {
  readonly spec: ChildSpec;
  private readonly log: Log;
  private readonly giveUp: (failure: Failure) => void;
  private readonly bounds: RestartBounds;
  private child: ChildProcess | null = null;
  private stopping = false;
  private restarts = 0;
  /** When it began to serve last. */
  private readyAt = Infinity;

  /** `giveUp` is called once, when the child ends again and again. */
  constructor(spec: ChildSpec, log: Log, giveUp: (failure: Failure) => void, bounds: RestartBounds = limits) {
    this.bounds = bounds;
    this.spec = spec;
    this.log = log;
    this.giveUp = giveUp;
  }

  /** Resolves when the child serves. Throws Failure when the first attempt does not get there. */
  async start(): Promise<void> {
    const failure = await this.attempt();
    if (failure === null || this.stopping) return;
    await this.stop();
    throw failure;
  }

  /** Resolves when it has ended; killed when it takes longer than the bound. */
  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child === null || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.spec.askToStop(child);
    const bound = setTimeout(() => {
      this.log.warn({ child: this.spec.name }, 'did not end in time and was killed');
      this.kill();
    }, limits.childStopMsMax);
    await ended;
    clearTimeout(bound);
  }

  /** Ends it at once, and keeps it ended. */
  kill(): void {
    this.stopping = true;
    killGroup(this.child);
  }

  /** A method, because it changes while others wait. */
  private isStopping(): boolean {
    return this.stopping;
  }

  trimLog(): void {
    trimLogFile(this.spec.logFile);
  }

  /** null when the child serves, otherwise why not. */
  private async attempt(): Promise<Failure | null> {
    const { name, logFile } = this.spec;
    let child: ChildProcess;
    try {
      const descriptor = openLogFile(logFile);
      child = this.spec.spawn(descriptor);
      closeSync(descriptor);
    } catch (error) {
      return new Failure(
        `${name} cannot be started: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    this.child = child;
    const ended = new Promise<never>((_, reject) => {
      child.once('error', (error) => reject(new Failure(`${name} cannot be started: ${error.message}`)));
      child.once('exit', (code, signal) =>
        reject(
          new Failure(
            `${name} ended with ${signal ?? `exit code ${code}`}: ${lastWords(logFile)} (see ${logFile})`,
          ),
        ),
      );
    });
    const late = new AbortController();
    const bound = sleep(limits.childReadyMsMax, undefined, { signal: late.signal }).then(() => {
      throw new Failure(`${name} was not ready within ${limits.childReadyMsMax} ms (see ${logFile})`);
    });
    bound.catch(() => undefined);
    const slow = setInterval(
      () => this.log.warn({ child: name }, 'is still starting'),
      limits.childSlowStartMs,
    );
    try {
      await Promise.race([this.spec.ready(child), ended, bound]);
    } catch (error) {
      return error instanceof Failure ? error : new Failure(`${name}: ${String(error)}`);
    } finally {
      clearInterval(slow);
      late.abort();
      ended.catch(() => undefined);
    }
    this.log.info({ child: name, pid: child.pid }, 'ready');
    this.readyAt = performance.now();
    if (hasEnded(child)) void this.restart();
    else child.once('exit', () => void this.restart());
    return null;
  }

  /** Until it serves again, is stopped, or has failed too often. */
  private async restart(): Promise<void> {
    const { name, logFile } = this.spec;
    // What it had started must not hold its port.
    killGroup(this.child);
    // Only what it did between serving and ending counts: a start may take long and fail.
    if (performance.now() - this.readyAt > this.bounds.childSettledMs) this.restarts = 0;
    while (!this.isStopping()) {
      if (this.restarts >= this.bounds.childRestartsMax) {
        this.giveUp(
          new Failure(
            `${name} ended ${this.restarts} times in a row: ${lastWords(logFile)} (see ${logFile})`,
          ),
        );
        return;
      }
      const delayMs = Math.min(
        this.bounds.childRestartDelayMs * 2 ** this.restarts,
        this.bounds.childRestartDelayMsMax,
      );
      this.restarts++;
      this.log.warn(
        { child: name, restarts: this.restarts, delayMs },
        'ended by itself and is started again',
      );
      await sleep(delayMs);
      if (this.isStopping()) return;
      const failure = await this.attempt();
      if (failure === null) return;
      this.log.error({ child: name, reason: failure.message }, 'did not come back');
      killGroup(this.child);
    }
  }
}

/** The child and what it started: whatever is in its process group. */
function killGroup(child: ChildProcess | null): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
