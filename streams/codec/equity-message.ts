/** An account's equity after a tick as the JSON of `equity.<account>`: names and order of the contract. */
import type { EquityUpdate } from '../../src/domain/equity-update.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Above the longest message: keys 330, 14 integers of 17, 5 doubles of 25, strings apart. */
const bytesMax = 1024;

/** Appends the message. Ids, currencies and states are ASCII that needs no escape. */
export function writeEquity(w: ByteWriter, u: EquityUpdate): void {
  w.reserve(bytesMax + u.accountId.length + u.currency.length + u.state.length);
  w.ascii('{"account_id":"');
  w.ascii(u.accountId);
  w.ascii('","tick":');
  w.integer(u.tick);
  w.ascii(',"timestamp":');
  w.integer(u.timestamp);
  w.ascii(',"total_equity":');
  w.integer(u.totalEquity);
  w.ascii(',"cash_balance":');
  w.integer(u.cashBalance);
  w.ascii(',"position_value":');
  w.integer(u.positionValue);
  w.ascii(',"unrealized_pnl":');
  w.integer(u.unrealizedPnl);
  w.ascii(',"realized_pnl":');
  w.integer(u.realizedPnl);
  w.ascii(',"fees":');
  w.integer(u.fees);
  w.ascii(',"net_flow":');
  w.integer(u.netFlow);
  w.ascii(',"day_change":');
  w.integer(u.dayChange);
  w.ascii(',"day_change_percent":');
  w.double(u.dayChangePercent);
  w.ascii(',"nav":');
  w.double(u.nav);
  w.ascii(',"peak_nav":');
  w.double(u.peakNav);
  w.ascii(',"drawdown":');
  w.double(u.drawdown);
  w.ascii(',"max_drawdown":');
  w.double(u.maxDrawdown);
  w.ascii(',"currency":"');
  w.ascii(u.currency);
  w.ascii('","state":"');
  w.ascii(u.state);
  w.ascii('","sequence":');
  w.integer(u.sequence);
  w.ascii('}');
}
