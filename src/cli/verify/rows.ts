/**
 * ClickHouse against LEDGER: waits, with a bound, until its rows have come as far, then adds them up account by account,
 * and looks row by row at those that do not add up. Where it cannot be asked, it says why.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../../config/limits.ts';
import type { InspectReply } from '../../client/account-reply.ts';
import type { StoreDoor } from '../../client/store.ts';
import { compareLastRows, findDoubledTicks } from './compare-curve.ts';
import { accountsThatDiffer } from './compare-totals.ts';
import type { AccountPage } from './pages.ts';
import type { Differences } from './differences.ts';
import type { AppliedEvent, TallyJudge } from './tallies.ts';

export class StoreComparison {
  /** Accounts whose last rows of the curve were of their actors' last ticks, and so were compared. */
  curves = 0;
  /** Accounts that ClickHouse has not all rows of yet. */
  behind = 0;
  private readonly store: StoreDoor;
  private readonly tallies: TallyJudge;
  private readonly through: number;
  private readonly differences: Differences;
  /** LEDGER sequence up to which ClickHouse surely is no more behind. */
  private arrived = 0;
  /** Pages with accounts whose rows did not add up. */
  private readonly suspectPages: AccountPage[] = [];

  /** @param through LEDGER sequence up to which `tallies` were made */
  constructor(store: StoreDoor, tallies: TallyJudge, through: number, differences: Differences) {
    this.store = store;
    this.tallies = tallies;
    this.through = through;
    this.differences = differences;
  }

  /** Resolves when the event applied last has its row; false where it has none within the bound. */
  async arrive(): Promise<boolean> {
    const { last } = this.tallies;
    this.arrived = this.through;
    if (last === null) return true;
    const deadline = performance.now() + limits.verifyBehindMsMax;
    while (!(await this.hasRow(last))) {
      if (performance.now() > deadline) {
        const [row] = await this.store.rows<{ last: string }>('SELECT max(sequence) AS last FROM effects');
        this.arrived = Number(row?.last ?? 0);
        return this.arrived >= last.sequence;
      }
      await sleep(limits.clientPollMs);
    }
    return true;
  }

  async compare(page: AccountPage, actors: ReadonlyMap<string, InspectReply>): Promise<void> {
    this.curves += await compareLastRows(this.store, page, actors, this.differences);
    await findDoubledTicks(this.store, page, actors, this.differences);
    const suspects = await this.differing(page);
    if (suspects.length > 0) this.suspectPages.push(page);
  }

  /** Accounts whose rows still do not add up when what may be on its way has had its time. */
  async suspects(): Promise<readonly string[]> {
    const deadline = performance.now() + limits.verifySettleMsMax;
    let pages: readonly AccountPage[] = this.suspectPages;
    for (;;) {
      const suspects: string[] = [];
      const still: AccountPage[] = [];
      for (const page of pages) {
        const found = await this.differing(page);
        suspects.push(...found);
        if (found.length > 0) still.push(page);
      }
      pages = still;
      if (suspects.length === 0 || performance.now() > deadline) return this.withoutLate(suspects);
      await sleep(limits.clientPollMs);
    }
  }

  /** What ClickHouse has not come to yet is no difference. */
  private withoutLate(suspects: readonly string[]): string[] {
    const arrived = suspects.filter((account) => this.tallies.lastOf(account) <= this.arrived);
    this.behind = suspects.length - arrived.length;
    return arrived;
  }

  private differing(page: AccountPage): Promise<string[]> {
    const { tallies, store, through } = this;
    return accountsThatDiffer(store, { ...page, through }, page.accounts, (account) => tallies.of(account));
  }

  private async hasRow({ account, sequence, index }: AppliedEvent): Promise<boolean> {
    const rows = await this.store.rows(
      `SELECT 1 FROM effects WHERE account_id = {account:String} AND sequence = {sequence:UInt64}
         AND idx = {index:UInt32} AND kind NOT IN ('rejected', 'booked') LIMIT 1`,
      { account, sequence, index },
    );
    return rows.length > 0;
  }
}
