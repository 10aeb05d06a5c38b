/**
 * The curves' last rows of a recovery that are not yet in force, each until its account's ledger is past it. By row of
 * the accounts that were there when it began, since every message asks, and as numbers in a row each: as objects, those
 * of all accounts would be most of what the garbage collector walks. By id of the accounts that the ledger opens again.
 */
import type { RecordedCurve, RecordedCurves } from '../domain/recorded.ts';
import type { Accounts } from './accounts.ts';

/** Figures of a curve, and where each is in its row. */
const width = 20;
const sequenceAt = 0;

export class RecallCurves {
  /** The sequence is NaN where there is no curve. */
  private figures = new Float64Array(0);
  private dates: string[] = [];
  private readonly byId = new Map<string, RecordedCurve>();

  /** Returns the largest tick of a curve, 0 where there is none. */
  begin(curves: RecordedCurves, accounts: Accounts): number {
    this.figures = new Float64Array(accounts.count * width).fill(NaN);
    this.dates = Array.from({ length: accounts.count }, () => '');
    this.byId.clear();
    let tick = 0;
    for (const [account, curve] of curves) {
      tick = Math.max(tick, curve.tick);
      const row = accounts.find(account);
      if (row < 0) this.byId.set(account, curve);
      else this.put(row, curve);
    }
    return tick;
  }

  /** Of the curve's last row: the LEDGER sequence that it includes; NaN where there is none, or it was taken. */
  sequence(row: number, accounts: Accounts): number {
    if (row < this.dates.length) return this.figures[row * width + sequenceAt] ?? NaN;
    return this.byId.size === 0 ? NaN : (this.byId.get(accounts.ids[row] ?? '')?.sequence ?? NaN);
  }

  /** The same: the tick. */
  tick(row: number, accounts: Accounts): number {
    if (row < this.dates.length) return this.figures[row * width + 1] ?? NaN;
    return this.byId.get(accounts.ids[row] ?? '')?.tick ?? NaN;
  }

  /** It is to be put in force, or its account's state has more. */
  take(row: number, accounts: Accounts): RecordedCurve | null {
    if (row >= this.dates.length) {
      const id = accounts.ids[row] ?? '';
      const curve = this.byId.get(id) ?? null;
      this.byId.delete(id);
      return curve;
    }
    const { figures } = this;
    const at = row * width;
    if (Number.isNaN(figures[at + sequenceAt])) return null;
    const figure = (place: number): number => figures[at + place] ?? NaN;
    const curve: RecordedCurve = {
      sessionDate: this.dates[row] ?? '',
      sequence: figure(sequenceAt),
      tick: figure(1),
      time: figure(2),
      totalEquity: figure(3),
      cashBalance: figure(4),
      unrealizedPnl: figure(5),
      netFlow: figure(6),
      epoch: figure(7),
      units: figure(8),
      nav: figure(9),
      peakNav: figure(10),
      drawdown: figure(11),
      maxDrawdown: figure(12),
      maxDrawdownLife: figure(13),
      dayOpenEquity: figure(14),
      dayOpenNav: figure(15),
      dayNetFlow: figure(16),
      peakProfit: figure(17),
      peakTime: figure(18),
      wipedOut: figure(19) === 1,
    };
    figures[at + sequenceAt] = NaN;
    return curve;
  }

  clear(): void {
    this.figures = new Float64Array(0);
    this.dates = [];
    this.byId.clear();
  }

  private put(row: number, c: RecordedCurve): void {
    this.dates[row] = c.sessionDate;
    const figures = [
      c.sequence,
      c.tick,
      c.time,
      c.totalEquity,
      c.cashBalance,
      c.unrealizedPnl,
      c.netFlow,
      c.epoch,
      c.units,
      c.nav,
      c.peakNav,
      c.drawdown,
      c.maxDrawdown,
      c.maxDrawdownLife,
      c.dayOpenEquity,
      c.dayOpenNav,
      c.dayNetFlow,
      c.peakProfit,
      c.peakTime,
      c.wipedOut ? 1 : 0,
    ];
    this.figures.set(figures, row * width);
  }
}
