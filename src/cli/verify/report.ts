/** What a verification found, as text and as JSON. */
import { limits } from '../../../config/limits.ts';
import { countText } from '../format.ts';
import { note, print, printJson, tableText } from '../output.ts';
import type { Difference } from './differences.ts';
import type { StoreVerdict, Verified } from './verification.ts';

export function printVerifiedJson({ accounts, sequence, differences, clickhouse }: Verified): void {
  printJson({
    accounts,
    agree: accounts - Math.min(accounts, differences.accountCount),
    ledger_sequence: sequence,
    clickhouse: {
      compared: clickhouse.failure === null,
      failure: clickhouse.failure,
      arrived: clickhouse.hasArrived,
      accounts_behind: clickhouse.behind,
      curves_compared: clickhouse.curves,
    },
    differences_total: differences.total,
    differences: differences.kept.map(({ account, ...rest }) => ({ account_id: account, ...rest })),
  });
}

export function printVerified({ accounts, sequence, differences, clickhouse }: Verified): void {
  const { kept, total } = differences;
  if (kept.length > 0) {
    const shown = kept.slice(0, limits.verifyDifferencesShown);
    for (const line of accountLines(shown)) print(line);
    print(`\n${differencesTable(shown)}\n`);
    if (total > shown.length) note(`the first ${countText(shown.length)} of ${countText(total)} differences`);
  }
  const agree = accounts - Math.min(accounts, differences.accountCount);
  print(
    `${countText(agree)} of ${countText(accounts)} accounts agree, up to LEDGER sequence ${countText(sequence)}`,
  );
  tellStore(clickhouse, sequence);
}

function accountLines(differences: readonly Difference[]): string[] {
  const counts = new Map<string, number>();
  for (const { account } of differences) counts.set(account, (counts.get(account) ?? 0) + 1);
  return [...counts].map(
    ([account, count]) =>
      `account ${account}: ${countText(count)} ${count === 1 ? 'difference' : 'differences'}`,
  );
}

function differencesTable(differences: readonly Difference[]): string {
  return tableText(
    ['account', 'what', 'ledger says', 'actor says', 'ClickHouse says'].map((head) => ({ head })),
    differences.map(({ account, what, ledger, actor, clickhouse }) => [
      account,
      what,
      ledger ?? '-',
      actor ?? '-',
      clickhouse ?? '-',
    ]),
  );
}

function tellStore({ failure, hasArrived, behind }: StoreVerdict, sequence: number): void {
  if (failure !== null) note(`ClickHouse was not compared: ${failure}`);
  else if (!hasArrived) {
    const seconds = limits.verifyBehindMsMax / 1000;
    note(
      `ClickHouse has not come to LEDGER sequence ${countText(sequence)} within ${seconds} s: ${countText(behind)} accounts were not compared with it`,
    );
  }
}
