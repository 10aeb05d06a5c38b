/**
 * The corrector: what corrections make of history. An account with a correction is walked once its rows are in, and a
 * rebase says in LEDGER what follows for the account; when that was applied, the corrected rows are written, and last the
 * row that makes them history. Where it stands is asked of ClickHouse, so that another process goes on where one ended.
 */
import { limits } from '../config/limits.ts';
import type { ClickHouseSink } from '../streams/sinks/clickhouse.ts';
import { describeFailure } from '../streams/sinks/clickhouse-failure.ts';
import { lastSequence, pendingCorrections, type PendingCorrection } from './analytics/corrections/pending.ts';
import { CorrectionWriter } from './analytics/corrections/correction-writer.ts';
import { walkPast, type WalkSettings } from './correction-walk.ts';
import { rebaseOf } from './corrections/rebase-of.ts';
import type { Reader } from './analytics/corrections/select.ts';
import type { CurveRow } from './domain/equity-update.ts';
import type { RebaseEvent } from './domain/ledger-event.ts';
import type { Clock, Log } from './ports.ts';

export interface CorrectorOptions {
  readonly client: Reader;
  readonly target: ClickHouseSink;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly settings: WalkSettings;
  /** So long rows of one tick may be apart on their way here. */
  readonly settleMs: number;
  /** Writes to LEDGER; its sequence there. */
  readonly publish: (account: string, event: RebaseEvent) => Promise<number>;
  /** Sequence of the last frame there is; and up to which all are dealt with. */
  readonly lastFrame: () => Promise<number>;
  readonly framesDone: () => Promise<number>;
}

export interface Corrector {
  /** Rows came: there may be something to do. */
  look(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
  readonly counts: Readonly<Record<'rebases' | 'corrections' | 'rows' | 'failures', number>>;
}

/** An account on its way from a correction to its rows. */
interface Case {
  /** What was pending when it began. */
  readonly what: string;
  /** When the rows that are needed were first seen, milliseconds; NaN: not yet. */
  seenAt: number;
  /** Frames up to this one must be dealt with; NaN: not asked yet. */
  frame: number;
  /** LEDGER sequence of the rebase that was published; 0: none. */
  published: number;
  failures: number;
  /** Milliseconds. */
  notBefore: number;
}

class Stopped extends Error {}

export function startCorrector(options: CorrectorOptions): Corrector {
  const { client, clock, log, settings } = options;
  const counts = { rebases: 0, corrections: 0, rows: 0, failures: 0 };
  const cases = new Map<string, Case>();
  const state = { isStopped: false, isNoted: true, failures: 0, wake: (): void => undefined };

  async function run(): Promise<void> {
    let isWaiting = false;
    while (!isOver()) {
      if (!state.isNoted) await pause(isWaiting ? limits.correctionPollMs : limits.correctionIdleMs);
      // No more often than that, however fast rows come.
      else await pause(limits.correctionPollMs, false);
      if (isOver()) return;
      state.isNoted = false;
      isWaiting = await lookOnce();
    }
  }

  /** Whether something waits. */
  async function lookOnce(): Promise<boolean> {
    let pending: PendingCorrection[];
    try {
      pending = await pendingCorrections(client);
      if (state.failures > 0) log.info({}, 'corrections are looked for again');
      state.failures = 0;
    } catch (error) {
      if (state.failures === 0)
        log.warn({ error: describeFailure(error) }, 'corrections cannot be looked for: waiting');
      state.failures++;
      return true;
    }
    const accounts = new Set(pending.map(({ account }) => account));
    for (const account of cases.keys()) if (!accounts.has(account)) cases.delete(account);
    const queue = pending[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const each of queue) if (!state.isStopped) await attempt(each);
    };
    await Promise.all(Array.from({ length: limits.correctionsAtOnce }, worker));
    return pending.length > 0;
  }

  async function attempt(p: PendingCorrection): Promise<void> {
    const { account } = p;
    const what = `${p.correction}:${p.rebase}`;
    const known = cases.get(account);
    const found: Case =
      known?.what === what
        ? known
        : { what, seenAt: NaN, frame: NaN, published: 0, failures: 0, notBefore: 0 };
    cases.set(account, found);
    if (clock.now() < found.notBefore) return;
    try {
      if (p.rebase > p.written) await write(p, found);
      else await rebase(p, found);
    } catch (error) {
      if (error instanceof Stopped) return;
      counts.failures++;
      fail(account, found, describeFailure(error));
    }
  }

  /** Tried again, less and less often; what fails again and again is told. */
  function fail(account: string, found: Case, error: string): void {
    found.failures++;
    const waitMs = Math.min(
      limits.correctionRetryMsMin * 2 ** (found.failures - 1),
      limits.correctionRetryMsMax,
    );
    found.notBefore = clock.now() + waitMs;
    found.seenAt = found.frame = NaN;
    found.published = 0;
    if (found.failures < limits.correctionFailuresTold)
      log.warn({ account, error }, 'history is not corrected yet');
    else log.error({ alert: 'correction_failed', account, error }, 'history cannot be corrected');
  }

  /** Whether every row of the account up to that LEDGER sequence, and all that was made with it, is in ClickHouse. */
  async function isIn(account: string, sequence: number, found: Case): Promise<boolean> {
    if (Number.isNaN(found.seenAt)) {
      if ((await lastSequence(client, account)) < sequence) return false;
      found.seenAt = clock.now();
    }
    if (clock.now() - found.seenAt < options.settleMs) return false;
    if (Number.isNaN(found.frame)) found.frame = await options.lastFrame();
    return (await options.framesDone()) >= found.frame;
  }

  /** The first walk: what follows for the account. */
  async function rebase(p: PendingCorrection, found: Case): Promise<void> {
    const { account } = p;
    if (found.published > 0) {
      if (!(await isIn(account, found.published, found))) return;
      // Its effect would be there: it was refused, or taken for another's.
      fail(account, found, `the ledger did not take rebase-${p.correction} of sequence ${found.published}`);
      return;
    }
    if (!(await isIn(account, p.correction, found))) return;
    const bounds = { since: p.writtenOf, before: Number.MAX_SAFE_INTEGER };
    const walked = await walkPast(client, account, bounds, settings, () => undefined, isStopped);
    if (walked === null || walked.end === null)
      throw new Error(`nothing is there to correct for ${p.correction}`);
    const event = rebaseOf(p.correction, walked.begin, walked.end, clock.now());
    found.published = await options.publish(account, event);
    found.seenAt = found.frame = NaN;
    counts.rebases++;
    log.info({ account, of: p.correction, sequence: found.published }, 'history was corrected: rebasing');
  }

  /** The second walk: the rows. */
  async function write(p: PendingCorrection, found: Case): Promise<void> {
    const { account, rebase: sequence } = p;
    if (!(await isIn(account, sequence, found))) return;
    const rows: CurveRow[] = [];
    let writer: CorrectionWriter | null = null;
    const writerOf = (from: number): CorrectionWriter =>
      (writer ??= new CorrectionWriter(options.target, {
        account,
        rebase: sequence,
        of: p.rebaseOf,
        from,
        to: p.rebasedAt,
      }));
    const drain = async (from: number): Promise<void> => {
      const target = writerOf(from);
      for (const row of rows.splice(0)) {
        if (target.isDue(row)) await target.flush();
        target.add(row);
      }
    };
    let start = NaN;
    const bounds = { since: p.writtenOf, before: sequence };
    const walked = await walkPast(
      client,
      account,
      bounds,
      settings,
      (row, from) => {
        start = from;
        rows.push({ ...row });
      },
      () => isStopped() ?? (rows.length >= limits.correctionRowsHeld ? drain(start) : undefined),
    );
    if (walked === null) throw new Error(`nothing is there to correct under ${sequence}`);
    await drain(walked.from);
    const target = writerOf(walked.from);
    await target.finish();
    counts.corrections++;
    counts.rows += target.written;
    log.info({ account, rebase: sequence, rows: target.written }, 'corrected history is written');
  }

  function isOver(): boolean {
    return state.isStopped;
  }

  function isStopped(): Promise<void> | undefined {
    return isOver() ? Promise.reject(new Stopped('stopped')) : undefined;
  }

  /** Ends early when somebody looks, or at the end. */
  async function pause(ms: number, endsWhenNoted = true): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      state.wake = () => {
        if (!state.isStopped && !endsWhenNoted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const ended = run();
  return {
    look() {
      state.isNoted = true;
      state.wake();
    },
    async stop() {
      state.isStopped = true;
      state.wake();
      await ended;
    },
    counts,
  };
}
