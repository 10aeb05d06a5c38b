/** How far an import is, on stderr, where somebody watches. Knows the file's size, not its kind. */
import cliProgress from 'cli-progress';
import { limits } from '../../../config/limits.ts';
import { countText } from '../format.ts';
import type { CsvFile } from './csv-rows.ts';
import type { ImportReport } from './report.ts';

export interface ProgressBar {
  stop(): void;
}

export function showProgress(file: CsvFile, report: ImportReport): ProgressBar {
  if (!process.stderr.isTTY) return { stop: () => undefined };
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    // The size of stdin is not known.
    format:
      file.bytes === null ? '{rows} rows  {rate} rows/s' : '{bar} {percentage} %  {rows} rows  {rate} rows/s',
    hideCursor: true,
    clearOnComplete: true,
  });
  const figures = (): { rows: string; rate: string } => ({
    rows: countText(report.rows),
    rate: countText(Math.round((report.rows / Math.max(1, Date.now() - report.startedMs)) * 1000)),
  });
  bar.start(file.bytes ?? 1, 0, figures());
  const timer = setInterval(() => bar.update(file.bytesRead(), figures()), limits.importProgressMs);
  return {
    stop() {
      clearInterval(timer);
      bar.stop();
    },
  };
}
