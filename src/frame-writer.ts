/**
 * What happens to one frame after the other: inserted, tried again while ClickHouse is away, refused for good, or
 * dropped because its writer was replaced. Acknowledges after the effect. Knows neither NATS nor the insert's text.
 */
import { catchError, defer, EMPTY, ignoreElements, ReplaySubject, retry, takeUntil } from 'rxjs';
import { throwError, timer, type Observable } from 'rxjs';
import { limits } from '../config/limits.ts';
import { newestOwner, type OwnedFrame } from '../streams/operators/newest-owner.ts';
import { describeFailure, failureOf } from '../streams/sinks/clickhouse-failure.ts';
import { fenceTable } from './domain/frame.ts';
import type { Log } from './ports.ts';

export interface WritableFrame {
  readonly name: string;
  readonly table: string;
  readonly rows: number;
  readonly epoch: number;
  readonly subject: string;
  readonly sequence: number;
  done(): void;
}

export interface FrameWriterOptions<F extends WritableFrame> {
  readonly log: Log;
  readonly insert: (frame: F) => Promise<void>;
  /** Keeps a frame that cannot be inserted, and why. */
  readonly keepRefused: (frame: F, detail: string) => Promise<void>;
  /** Told of every attempt: why it failed, where there will be another one, or that it did not. */
  readonly outage?: { failed(reason: string): void; written(): void };
}

export interface FrameWriter<F> {
  /** An owner began there: frames that a former one wrote behind it are dropped. */
  owned(frame: OwnedFrame): void;
  /** Completes when the frame is dealt with, or when the writer is stopped. Never fails. */
  write(frame: F): Observable<never>;
  /** The action, again and again while time may mend its failures; completes without a value when stopped. */
  persist<T>(action: () => Promise<T>, isLasting: (error: unknown) => boolean): Observable<T>;
  /** What runs is ended, nothing is begun. */
  stop(): void;
  readonly counts: Readonly<Record<'frames' | 'rows' | 'stale' | 'refused' | 'retries', number>>;
  /** Why nothing can be written; null while it can. */
  readonly waitingFor: string | null;
}

/** A frame that cannot even be sent: no attempt will mend it. */
export class FrameFault extends Error {}

export function createFrameWriter<F extends WritableFrame>(options: FrameWriterOptions<F>): FrameWriter<F> {
  const { log } = options;
  const owners = newestOwner();
  const stopped = new ReplaySubject<void>(1);
  const counts = { frames: 0, rows: 0, stale: 0, refused: 0, retries: 0 };
  const state = { isStopped: false, waitingFor: null as string | null };

  function persist<T>(action: () => Promise<T>, isLasting: (error: unknown) => boolean): Observable<T> {
    const attempt = async (): Promise<T> => {
      const result = await action();
      if (state.waitingFor !== null) log.info({}, 'rows are taken again');
      state.waitingFor = null;
      options.outage?.written();
      return result;
    };
    const wait = (error: unknown, count: number): Observable<unknown> => {
      if (!isLasting(error)) return throwError(() => error);
      counts.retries += 1;
      const reason = describeFailure(error);
      if (state.waitingFor === null) log.warn({ error: reason }, 'rows cannot be written: waiting');
      state.waitingFor = reason;
      options.outage?.failed(reason);
      const waitMs = Math.min(limits.sinkRetryMsMin * 2 ** (count - 1), limits.sinkRetryMsMax);
      // An attempt that runs is never cut short, a wait is: with no attempt to come, it is over.
      return timer(waitMs).pipe(takeUntil(stopped));
    };
    return defer(attempt).pipe(retry({ delay: wait }));
  }

  async function insert(frame: F): Promise<void> {
    await options.insert(frame);
    counts.frames += 1;
    counts.rows += frame.rows;
    frame.done();
  }

  async function refuse(frame: F, detail: string): Promise<void> {
    await options.keepRefused(frame, detail);
    counts.refused += 1;
    const { name, subject, sequence } = frame;
    log.error(
      { alert: 'frame_refused', frame: name, subject, sequence, detail },
      'a frame is refused for good',
    );
    frame.done();
  }

  function drop(frame: F): Observable<never> {
    counts.stale += 1;
    log.warn({ frame: frame.name, epoch: frame.epoch }, 'dropped a frame of an owner that was replaced');
    frame.done();
    return EMPTY;
  }

  return {
    owned: (frame) => void owners.isStale(frame),
    persist,
    write(frame) {
      if (state.isStopped) return EMPTY;
      const isStale = owners.isStale(frame);
      if (frame.table === fenceTable) {
        frame.done();
        return EMPTY;
      }
      if (isStale) return drop(frame);
      let refusals = 0;
      // Rows that are wrong stay wrong, but a table that is missing may be about to come.
      const mayPass = (error: unknown): boolean =>
        !(error instanceof FrameFault) &&
        (failureOf(error) === 'unavailable' || ++refusals < limits.sinkRefusalsMax);
      const always = (): boolean => true;
      return persist(() => insert(frame), mayPass).pipe(
        catchError((error: unknown) => persist(() => refuse(frame, describeFailure(error)), always)),
        ignoreElements(),
      );
    },
    stop() {
      state.isStopped = true;
      stopped.next();
    },
    counts,
    get waitingFor() {
      return state.waitingFor;
    },
  };
}
