/** Accounts in pages, such that every account id there can be lies in the range of exactly one page. Asks nobody. */
import { limits } from '../../../config/limits.ts';

export interface AccountPage {
  /** Known ones, in the order of bytes, which is ClickHouse's. */
  readonly accounts: readonly string[];
  /** Range of ids, both inclusive: rows of accounts that nobody knows are found, too. */
  readonly first: string;
  readonly last: string;
}

/** Ids are of letters, digits, _ and -: this sorts before and after whatever may follow in one. */
const beforeAnyCharacter = '!';
const afterAnyId = '~';

export function pageOfOne(account: string): AccountPage {
  return { accounts: [account], first: account, last: account };
}

export function* pagesOf(accounts: readonly string[]): Generator<AccountPage> {
  const sorted = [...accounts].sort((a, b) => (a < b ? -1 : 1));
  let first = '';
  for (let i = 0; i < sorted.length; i += limits.verifyAccountsPage) {
    const page = sorted.slice(i, i + limits.verifyAccountsPage);
    const lastId = page.at(-1) ?? '';
    const isLastPage = i + limits.verifyAccountsPage >= sorted.length;
    yield { accounts: page, first, last: isLastPage ? afterAnyId : lastId };
    first = `${lastId}${beforeAnyCharacter}`;
  }
}
