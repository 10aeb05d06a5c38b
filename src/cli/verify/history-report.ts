/** Days of history that do not add up, as text and as JSON. */
import { limits } from '../../../config/limits.ts';
import type { ValidatedHistory } from '../../analytics/validate-history.ts';
import { countText } from '../format.ts';
import { note, print, printJson, tableText } from '../output.ts';

export function printHistoryJson({ accounts, violations }: ValidatedHistory): void {
  printJson({ accounts, violations });
}

export function printHistory({ accounts, violations }: ValidatedHistory): void {
  const shown = violations.slice(0, limits.verifyDifferencesShown);
  if (shown.length > 0) {
    const heads = ['account', 'day', 'history', 'rule', 'expected', 'found'];
    const rows = shown.map((each) => [
      each.account_id,
      each.session_date,
      each.reading,
      each.rule,
      each.expected,
      each.found,
    ]);
    print(
      tableText(
        heads.map((head) => ({ head })),
        rows,
      ),
    );
    if (violations.length > shown.length)
      note(`the first ${countText(shown.length)} of ${countText(violations.length)}`);
  }
  const wrong = new Set(violations.map(({ account_id }) => account_id)).size;
  print(`the days of ${countText(accounts - wrong)} of ${countText(accounts)} accounts add up`);
}
