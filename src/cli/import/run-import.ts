/**
 * One import: the records of a file, at their pace, with ticks between them, to the lane of their kind. A bad row is
 * counted and told, and stops nothing. Knows no option and prints nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/load.ts';
import { ledgerStream, tradesStream } from '../../../streams/sources/stream-definitions.ts';
import { minutesOf, SessionCalendar } from '../../domain/session-day.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { Failure } from '../context.ts';
import type { CsvFile } from './csv-rows.ts';
import { reportEngineRefusals } from './engine-refusals.ts';
import { EventLane } from './event-lane.ts';
import type { Lane } from './lane.ts';
import type { ImportKind } from './layouts.ts';
import { Pace, type Speed } from './pace.ts';
import { PriceLane } from './price-lane.ts';
import { readRecords } from './read-records.ts';
import { isRefused } from './record.ts';
import type { ImportReport } from './report.ts';
import { RowTime } from './row-time.ts';
import { TickLane } from './tick-lane.ts';
import { TickMaker } from './tick-maker.ts';

export interface ImportPlan {
  readonly file: CsvFile;
  readonly kind: ImportKind;
  readonly speed: Speed;
  /** Milliseconds; null for no ticks. */
  readonly ticksMs: number | null;
  /** Our names of fields to the file's names of columns. */
  readonly columnNames: ReadonlyMap<string, string>;
  /** Whether the first bad row ends the import. */
  readonly strict: boolean;
  readonly signal: AbortSignal;
}

export async function runImport(
  nats: NatsDoor,
  config: Config,
  plan: ImportPlan,
  report: ImportReport,
): Promise<void> {
  const { kind, speed, ticksMs, file } = plan;
  const calendar = new SessionCalendar(config.accounts.timezone, minutesOf(config.accounts.cutover) ?? 0);
  const events = kind === 'prices' ? null : await eventLane(nats, kind, report);
  const lane = events ?? (await PriceLane.open(nats, speed === 'max'));
  const ticks =
    ticksMs === null ? null : new TickLane(nats, new TickMaker(ticksMs, calendar), lane, events !== null);
  try {
    await sendRows(lane, ticks, new RowTime(calendar), plan, report);
    await lane.settle();
    if (ticks !== null) await ticks.finish();
    if (events !== null && kind !== 'trades') await reportEngineRefusals(nats, events.lines, report);
  } finally {
    report.ticks = ticks?.sent ?? 0;
    report.firstSequence = events?.lines.first ?? NaN;
    report.lastSequence = events?.lines.last ?? NaN;
    events?.close();
  }
  if (report.rows === 0 && !plan.signal.aborted) throw new Failure(`${file.name} has no rows`);
}

/** Throws Failure where the engine has never made the streams. */
async function eventLane(nats: NatsDoor, kind: ImportKind, report: ImportReport): Promise<EventLane> {
  if ((await nats.range(kind === 'trades' ? tradesStream : ledgerStream)) === null) throw nats.noStream(kind);
  return new EventLane(nats, report);
}

async function sendRows(
  lane: Lane,
  ticks: TickLane | null,
  time: RowTime,
  plan: ImportPlan,
  report: ImportReport,
): Promise<void> {
  const { file, kind, columnNames, speed, signal, strict } = plan;
  const pace = new Pace(speed);
  const goesByTime = speed !== 'max' || ticks !== null;
  for await (const records of readRecords({ file, kind, columnNames, goesByTime }, time)) {
    for (const record of records) {
      report.rows++;
      if (isRefused(record)) {
        report.refuse(record);
        if (!strict) continue;
        const { line, reason, detail } = record;
        await lane.settle();
        throw new Failure(`line ${line}: ${reason}: ${detail}; ${report.sent} rows before it were sent`);
      }
      const delay = pace.delayMs(record.ts, performance.now());
      if (delay > 0) {
        lane.push();
        await sleep(delay, undefined, { signal }).catch(() => undefined);
      }
      if (signal.aborted) return;
      const ticked = ticks?.before(record);
      if (ticked !== undefined) await ticked;
      const sent = lane.send(record);
      if (sent !== undefined) await sent;
      report.sent++;
    }
  }
}
