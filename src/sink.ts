/**
 * The sink: frames from NATS into ClickHouse, each inserted once and acknowledged after that. ClickHouse may be away
 * for as long as FRAMES keeps: a bounded number of frames waits here, the rest in the stream. Joins the source, the
 * writer, the schema and the corrector of history; knows no row.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { concatMap, lastValueFrom, mergeMap } from 'rxjs';
import { limits } from '../config/limits.ts';
import { describeFailure, failureOf, refusalOf } from '../streams/sinks/clickhouse-failure.ts';
import {
  connectClickHouse,
  frameFault,
  type ClickHouseSink,
  type ClickHouseTarget,
} from '../streams/sinks/clickhouse.ts';
import { NatsAlerts } from '../streams/sinks/alerts.ts';
import { publishRefusedFrame } from '../streams/sinks/refused-frames.ts';
import { answerSinkStats } from '../streams/sinks/sink-stats.ts';
import { WindowedPublisher } from '../streams/sinks/windowed-publisher.ts';
import { connectNats, type ConnectOptions } from '../streams/sources/connection.ts';
import { ensureStream } from '../streams/sources/ensure-stream.ts';
import { openFrames, type ReceivedFrame } from '../streams/sources/frames.ts';
import { readFences } from '../streams/sources/read-fences.ts';
import {
  alertsDefinition,
  deadLettersDefinition,
  framesDefinition,
} from '../streams/sources/stream-definitions.ts';
import { RowsWaiting } from './alerts/rows-waiting.ts';
import { migrate, SchemaMismatch } from './analytics/migrate.ts';
import { applyRetention, type Retention } from './analytics/retention.ts';
import { writeSettings, type Settings } from './analytics/settings.ts';
import type { Corrector } from './corrector.ts';
import { createFrameWriter, FrameFault } from './frame-writer.ts';
import type { Log } from './ports.ts';
import { sinkCorrector, type CorrectionOptions } from './sink-corrector.ts';
import { systemClock } from './system-clock.ts';

export interface SinkOptions {
  readonly nats: Pick<ConnectOptions, 'url' | 'access'>;
  /** Asked at each attempt to begin: the store makes its password at its first start, which may be after the sink's. */
  readonly clickhouse: () => ClickHouseTarget;
  /** Whether a refusal of our user, or of a certificate, ends the start: what the store at our side knows may change. */
  readonly refusalIsFinal?: boolean;
  readonly log: Log;
  /** `frames.max_age`, for a stream FRAMES that is not there yet: a period such as 7d. */
  readonly framesMaxAge?: string;
  /** What views need of the configuration; without, they take the defaults. */
  readonly settings?: Settings;
  /** Without, history is not corrected. */
  readonly corrections?: CorrectionOptions;
  /** How long the curve is kept; unset: as it is. */
  readonly retention?: Retention;
}

export interface SinkStats {
  readonly state: 'migrating' | 'inserting' | 'waiting' | 'stopped';
  readonly frames: number;
  readonly rows: number;
  /** Dropped: written by an owner of the partition that was none any more. */
  readonly stale: number;
  /** Sent to DEAD_LETTERS. */
  readonly refused: number;
  readonly retries: number;
  /** Delivered and not dealt with. */
  readonly held: number;
  /** In the stream, not delivered yet. */
  readonly pending: number;
  /** Why inserts wait; null while they do not. */
  readonly waiting_for: string | null;
}

export interface Sink {
  /** Ends after the inserts that are under way; what is not inserted stays in the stream. */
  stop(): Promise<void>;
  stats(): SinkStats;
}

/** Rejects when the schema cannot be brought up to date; a ClickHouse that is away is waited for in the background. */
export async function startSink(options: SinkOptions): Promise<Sink> {
  const { log, clickhouse } = options;
  const link = await connectNats({ ...options.nats, name: 'tidemark-sink', log });
  const source = openFrames(link, log);
  const state = {
    isStopped: false,
    target: null as ClickHouseSink | null,
    corrector: null as Corrector | null,
  };
  const publisher = new WindowedPublisher(link, systemClock, log);
  const alerts = new NatsAlerts({ publisher, link, log });
  const outage = new RowsWaiting(alerts, systemClock);
  const writer = createFrameWriter<ReceivedFrame>({
    log,
    outage,
    async insert(frame) {
      const fault = frameFault(frame);
      if (fault !== null) throw new FrameFault(fault);
      assert(state.target !== null, 'the schema is brought up to date before the first frame');
      await state.target.insert(frame);
      state.corrector?.look();
    },
    keepRefused: (frame, detail) => publishRefusedFrame(link.nats, frame, detail, Date.now()),
  });

  async function bringUpToDate(): Promise<void> {
    if (state.target !== null) return;
    const address = clickhouse();
    const { applied, views } = await migrate(address);
    if (options.settings !== undefined) await writeSettings(address, options.settings);
    const kept = options.retention === undefined ? [] : await applyRetention(address, options.retention);
    const target = connectClickHouse(address);
    state.target = target;
    const { corrections } = options;
    if (corrections !== undefined) state.corrector = sinkCorrector(corrections, address, target, link, log);
    log.info({ applied, views, retention: kept }, 'schema is up to date');
  }

  async function close(): Promise<void> {
    await state.target?.close();
    publisher.close();
    await link.close();
  }

  try {
    await ensureStream(link.nats, framesDefinition({ frames: { max_age: options.framesMaxAge ?? '7d' } }));
    await ensureStream(link.nats, deadLettersDefinition);
    await ensureStream(link.nats, alertsDefinition);
    outage.recover(await alerts.raised());
    await readFences({
      link,
      log,
      partition: null,
      isOver: () => state.isStopped,
      take: (fence) => {
        writer.owned(fence);
      },
    });
    await bringUpToDate().catch((error: unknown) => {
      if (isSchemaFault(error)) throw error;
      const refusal = options.refusalIsFinal === true ? refusalOf(error, clickhouse()) : null;
      if (refusal !== null) throw refusal;
      log.warn({ error: describeFailure(error) }, 'ClickHouse is away: waiting');
    });
  } catch (error) {
    await close();
    throw error;
  }

  const ended = lastValueFrom(
    writer
      .persist(bringUpToDate, () => true)
      .pipe(
        concatMap(() => source.frames),
        mergeMap((frame) => writer.write(frame), limits.sinkInsertsMax),
      ),
    { defaultValue: undefined },
  );

  const stats = (): SinkStats => ({
    ...writer.counts,
    state: stateName(),
    held: source.held,
    pending: source.pending,
    waiting_for: writer.waitingFor,
  });
  answerSinkStats(link, stats);
  return {
    stats,
    async stop() {
      state.isStopped = true;
      source.stop();
      writer.stop();
      const allEnded = Promise.all([ended, state.corrector?.stop()]);
      await Promise.race([allEnded, delay(limits.sinkStopMsMax, undefined, { ref: false })]);
      await source.giveBack();
      await close();
    },
  };

  function stateName(): SinkStats['state'] {
    if (state.isStopped) return 'stopped';
    if (writer.waitingFor !== null) return 'waiting';
    return state.target === null ? 'migrating' : 'inserting';
  }
}

/** What `migrate` says itself of a schema that does not fit, or ClickHouse of a statement: waiting mends neither. */
function isSchemaFault(error: unknown): boolean {
  return error instanceof SchemaMismatch || failureOf(error) === 'refused';
}
