/** A row of the curve, in the order of `frameColumns.equity_curve`. Ratios whole: SQL computes with them. */
import type { CurveRow } from '../../src/domain/equity-update.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Above the longest row: 19 integers of 17, 11 doubles of 25, id and date. */
const bytesMax = 1024;

export function writeCurveRow(w: ByteWriter, r: CurveRow): void {
  w.reserve(bytesMax);
  w.ascii('["');
  w.ascii(r.accountId);
  w.ascii('","');
  w.ascii(r.sessionDate);
  w.ascii('",');
  w.integer(r.timestamp);
  w.byte(44);
  w.integer(r.tick);
  w.byte(44);
  w.integer(r.totalEquity);
  w.byte(44);
  w.integer(r.cashBalance);
  w.byte(44);
  w.integer(r.positionValue);
  w.byte(44);
  w.integer(r.unrealizedPnl);
  w.byte(44);
  w.integer(r.realizedPnl);
  w.byte(44);
  w.integer(r.fees);
  w.byte(44);
  w.integer(r.income);
  w.byte(44);
  w.integer(r.netFlow);
  w.byte(44);
  w.integer(r.dayChange);
  w.byte(44);
  w.double(r.dayChangePercent);
  w.byte(44);
  w.integer(r.epoch);
  w.byte(44);
  w.double(r.nav);
  w.byte(44);
  w.double(r.navLow);
  w.byte(44);
  w.double(r.navHigh);
  w.byte(44);
  w.double(r.worstDrawdown);
  w.byte(44);
  w.double(r.drawdown);
  w.byte(44);
  w.integer(r.sequence);
  w.byte(44);
  w.double(r.units);
  w.byte(44);
  w.double(r.peakNav);
  w.byte(44);
  w.double(r.maxDrawdown);
  w.byte(44);
  w.double(r.maxDrawdownLife);
  w.byte(44);
  w.integer(r.dayOpenEquity);
  w.byte(44);
  w.double(r.dayOpenNav);
  w.byte(44);
  w.integer(r.dayNetFlow);
  w.byte(44);
  w.integer(r.peakProfit);
  w.ascii(r.wipedOut ? ',true]\n' : ',false]\n');
}
