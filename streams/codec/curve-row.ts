/** A row of the curve, in the order of `frameColumns.equity_curve`. Ratios whole: SQL computes with them. */
import type { CurveRow } from '../../src/domain/equity-update.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Above the longest row: 20 integers of 17, 11 doubles of 25, id and date. */
const bytesMax = 1024;

export function writeCurveRow(w: ByteWriter, r: CurveRow): void {
  w.reserve(bytesMax);
  w.ascii('["');
  w.ascii(r.accountId);
  w.ascii('","');
  w.ascii(r.sessionDate);
  w.ascii('",');
  w.integer(r.timestamp);
  w.nextInteger(r.tick);
  w.nextInteger(r.totalEquity);
  w.nextInteger(r.cashBalance);
  w.nextInteger(r.positionValue);
  w.nextInteger(r.unrealizedPnl);
  w.nextInteger(r.realizedPnl);
  w.nextInteger(r.fees);
  w.nextInteger(r.income);
  w.nextInteger(r.netFlow);
  w.nextInteger(r.dayChange);
  w.nextDouble(r.dayChangePercent);
  w.nextInteger(r.epoch);
  w.nextDouble(r.nav);
  w.nextDouble(r.navLow);
  w.nextDouble(r.navHigh);
  w.nextDouble(r.worstDrawdown);
  w.nextDouble(r.drawdown);
  w.nextInteger(r.sequence);
  w.nextDouble(r.units);
  w.nextDouble(r.peakNav);
  w.nextDouble(r.maxDrawdown);
  w.nextDouble(r.maxDrawdownLife);
  w.nextInteger(r.dayOpenEquity);
  w.nextDouble(r.dayOpenNav);
  w.nextInteger(r.dayNetFlow);
  w.nextInteger(r.peakProfit);
  w.ascii(r.wipedOut ? ',true,' : ',false,');
  w.double(r.peakTime);
  w.nextInteger(r.rebase);
  w.ascii(']\n');
}
