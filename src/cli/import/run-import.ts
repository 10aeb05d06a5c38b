/**
 * One import: rows of the file to records, at their pace, with ticks between them, to the lane of their kind. A bad
 * row is counted and told, and stops nothing. Knows no option and prints nothing.
 */
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/load.ts';
import { minutesOf, SessionCalendar } from '../../domain/session-day.ts';
import { Failure, UsageError } from '../context.ts';
import type { NatsDoor } from '../nats.ts';
import { findColumns } from './columns.ts';
import type { CsvFile, CsvRow } from './csv-rows.ts';
import { EventLane } from './event-lane.ts';
import { eventReader } from './event-rows.ts';
import { reportEngineRefusals } from './engine-refusals.ts';
import type { Lane } from './lane.ts';
import { layouts, type ImportKind } from './layouts.ts';
import { Pace, type Speed } from './pace.ts';
import { PriceLane } from './price-lane.ts';
import { priceReader } from './price-rows.ts';
import { isRefused, malformed, type RowReader } from './record.ts';
import type { ImportReport } from './report.ts';
import { RowTime, timeFields } from './row-time.ts';
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
  const events = kind === 'prices' ? null : new EventLane(nats, report);
  const lane = events ?? (await PriceLane.open(nats, speed === 'max'));
  const ticks =
    ticksMs === null ? null : new TickLane(nats, new TickMaker(ticksMs, calendar), lane, events !== null);
  try {
    await sendRows(lane, ticks, new RowTime(calendar), plan, report);
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

async function sendRows(
  lane: Lane,
  ticks: TickLane | null,
  time: RowTime,
  plan: ImportPlan,
  report: ImportReport,
): Promise<void> {
  const pace = new Pace(plan.speed);
  let read: RowReader | null = null;
  let width = 0;
  for await (const rows of plan.file.rows()) {
    for (const row of rows) {
      if (read === null) {
        read = readerOf(row, time, plan);
        width = row.cells.length;
        continue;
      }
      report.rows++;
      const record = recordOf(row, width, read);
      if (isRefused(record)) {
        report.refuse(record);
        if (!plan.strict) continue;
        await lane.settle();
        throw new Failure(
          `line ${record.line}: ${record.reason}: ${record.detail}; the rows before it were sent`,
        );
      }
      const delay = pace.delayMs(record.ts, performance.now());
      if (delay > 0) {
        lane.push();
        await sleep(delay, undefined, { signal: plan.signal }).catch(() => undefined);
      }
      if (plan.signal.aborted) return lane.settle();
      const ticked = ticks?.before(record.ts);
      if (ticked !== undefined) await ticked;
      const sent = lane.send(record, row.line);
      if (sent !== undefined) await sent;
      report.sent++;
    }
  }
  return lane.settle();
}

function recordOf({ line, cells, problem }: CsvRow, width: number, read: RowReader) {
  if (problem !== '') return malformed(line, problem);
  if (cells.length !== width) {
    return malformed(line, `${cells.length} columns, where the header has ${width}`);
  }
  return read(cells, line);
}

/** Throws Failure and UsageError for a header that does not do. */
function readerOf(header: CsvRow, time: RowTime, plan: ImportPlan): RowReader {
  const { kind, file, columnNames, speed, ticksMs } = plan;
  const columns = findColumns(header.cells, layouts[kind], columnNames);
  const hasTime = timeFields.some((field) => columns.has(field));
  if (!hasTime && (speed !== 'max' || ticksMs !== null)) {
    throw new UsageError(
      'the file has no column of times (ts_ms, ts, date), which a --speed and --ticks go by',
    );
  }
  return kind === 'prices'
    ? priceReader(columns, time)
    : eventReader(kind, columns, time, basename(file.name));
}
