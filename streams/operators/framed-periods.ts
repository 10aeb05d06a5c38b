/**
 * What frames say of some accounts' ticks, period by period, told frame by frame in the order of their stream. A second
 * reading, for the few accounts of which the last row is not enough. Knows no stream and no server.
 */
import type { RecordedPeriod } from '../../src/domain/recorded.ts';
import { periodRows } from '../codec/period-rows.ts';
import type { PastFrame } from './framed-past.ts';
import type { OwnedFrame } from './newest-owner.ts';
import { newestOwner } from './newest-owner.ts';

export class FramedPeriods {
  private readonly owners = newestOwner();
  private readonly accounts: ReadonlySet<string>;
  private readonly told: (period: RecordedPeriod) => void;
  private readonly ticks = new Map<string, number>();

  constructor(accounts: ReadonlySet<string>, told: (period: RecordedPeriod) => void) {
    this.accounts = accounts;
    this.told = told;
  }

  /** As for the first reading: all marks of owners come before the first frame. */
  fence(mark: OwnedFrame): void {
    this.owners.isStale(mark);
  }

  take(frame: PastFrame): void {
    if (this.owners.isStale(frame) || frame.table !== 'equity_curve') return;
    for (const period of periodRows(frame.columns, frame.body, this.accounts)) {
      // A frame that was sent again may come behind newer ones.
      if (period.tick <= (this.ticks.get(period.account) ?? -1)) continue;
      this.ticks.set(period.account, period.tick);
      this.told(period);
    }
  }
}
