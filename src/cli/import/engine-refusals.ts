/** What the engine refused of the rows that an import wrote to LEDGER: their dead letters, with the file's lines. */
import { limits } from '../../../config/limits.ts';
import { ledgerLettersSince } from '../../client/dead-letter-stream.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { note } from '../output.ts';
import { engineFigures, untilNothingMissing } from './engine-progress.ts';
import type { ImportReport } from './report.ts';
import type { SequenceLines } from './sequence-lines.ts';

export async function reportEngineRefusals(
  nats: NatsDoor,
  lines: SequenceLines,
  report: ImportReport,
): Promise<void> {
  if (Number.isNaN(lines.last)) return;
  if ((await engineFigures(nats)) === null) {
    note('no engine answers: what it will refuse shows in `tidemark dead-letters`');
    return;
  }
  const missing = await untilNothingMissing(nats, ({ ledger_sequence }) => lines.last - ledger_sequence);
  if (missing > 0) note('the engine has not judged all of it yet: see `tidemark dead-letters`');
  const letters = await ledgerLettersSince(nats, lines.first, limits.importRejectionsKeptMax);
  const refused = letters
    .map(({ sequence, reason, detail }) => ({ line: lines.lineOf(sequence), reason, detail }))
    .filter(({ line }) => !Number.isNaN(line));
  for (const row of refused.sort((a, b) => a.line - b.line)) report.refuse(row);
}
