/** What came of an import: counts, and the rows that were refused, as many as are worth keeping. Prints nothing. */
import { limits } from '../../../config/limits.ts';
import { countText } from '../format.ts';
import type { RefusedRow } from './record.ts';

export class ImportReport {
  readonly startedMs: number;
  rows = 0;
  sent = 0;
  ticks = 0;
  refused = 0;
  readonly kept: RefusedRow[] = [];
  /** LEDGER or TRADES sequences of what was sent; NaN for prices. */
  firstSequence = NaN;
  lastSequence = NaN;

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }

  refuse(row: RefusedRow): void {
    this.refused++;
    if (this.kept.length < limits.importRejectionsKeptMax) this.kept.push(row);
  }

  json(nowMs: number): object {
    const seconds = Math.max(1, nowMs - this.startedMs) / 1000;
    return {
      rows: this.rows,
      sent: this.sent,
      rejected: this.refused,
      rejections: this.kept,
      ...(this.ticks > 0 ? { ticks: this.ticks } : {}),
      ...(Number.isNaN(this.firstSequence)
        ? {}
        : { first_sequence: this.firstSequence, last_sequence: this.lastSequence }),
      seconds: Math.round(seconds * 1000) / 1000,
      rows_per_second: Math.round(this.rows / seconds),
    };
  }

  text(kind: string, nowMs: number): string {
    const seconds = Math.max(1, nowMs - this.startedMs) / 1000;
    const sequences = Number.isNaN(this.firstSequence)
      ? ''
      : `, sequences ${this.firstSequence} to ${this.lastSequence}`;
    const ticks = this.ticks > 0 ? `, ${countText(this.ticks)} ticks` : '';
    const lines = [
      `${countText(this.sent)} ${kind} of ${countText(this.rows)} rows in ${seconds.toFixed(1)} s ` +
        `(${countText(Math.round(this.rows / seconds))} rows/s)${ticks}${sequences}`,
    ];
    if (this.refused > 0) {
      lines.push(`${countText(this.refused)} ${this.refused === 1 ? 'row' : 'rows'} rejected:`);
      for (const { line, reason, detail } of this.kept.slice(0, limits.importRejectionsShown)) {
        lines.push(`  ${Number.isNaN(line) ? '' : `line ${line}: `}${reason}: ${detail}`);
      }
      const more = this.refused - Math.min(this.kept.length, limits.importRejectionsShown);
      if (more > 0) lines.push(`  and ${countText(more)} more`);
    }
    return lines.join('\n');
  }
}
