/** What Tidemark publishes and answers: `equity.<account>`, `tidemark.inspect`, `alerts.>`, `dead_letters.>`. */
import Type from 'typebox';
import { alertKinds } from '../../../src/domain/alert-kind.ts';
import { rejectionReasons } from '../../../src/domain/rejection.ts';
import {
  count,
  currencyCode,
  minorUnits,
  plainDecimal,
  ratio,
  ratioOrNull,
  safeInteger,
  symbol,
  time,
} from './parts.ts';

const id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const plain = Type.String();

const equityFields = {
  account_id: id,
  tick: count,
  timestamp: time,
  total_equity: minorUnits,
  cash_balance: minorUnits,
  position_value: minorUnits,
  unrealized_pnl: minorUnits,
  realized_pnl: minorUnits,
  fees: minorUnits,
  net_flow: minorUnits,
  day_change: minorUnits,
  day_change_percent: ratioOrNull,
  nav: ratioOrNull,
  peak_nav: ratioOrNull,
  drawdown: ratio,
  max_drawdown: ratio,
  currency: currencyCode,
  state: plain,
  sequence: count,
};

export const equityMessage = Type.Object(equityFields, {
  description: 'The equity of an account after a tick; sequence is the LEDGER sequence it includes.',
});

const position = Type.Object({
  symbol,
  quantity: plainDecimal,
  average_cost: plain,
  cost_basis: minorUnits,
  mark: Type.Union([plainDecimal, Type.Null()]),
  mark_ts: Type.Union([time, Type.Null()]),
  market_value: minorUnits,
  unrealized_pnl: minorUnits,
  realized_pnl: minorUnits,
  realized_pnl_base: minorUnits,
  fees: minorUnits,
  fees_base: minorUnits,
  weight: ratioOrNull,
  currency: currencyCode,
});

export const accountAnswer = Type.Object(
  {
    ...equityFields,
    name: plain,
    cash: Type.Record(Type.String({ pattern: '^[A-Z]{3,5}$' }), minorUnits),
    income: minorUnits,
    fx_pnl: minorUnits,
    realized_net: minorUnits,
    settled_cash: minorUnits,
    available_cash: minorUnits,
    borrowed: minorUnits,
    epoch: count,
    wiped_out: Type.Boolean(),
    max_drawdown_life: ratio,
    drawdown_money: minorUnits,
    underwater_since: Type.Union([time, Type.Null()]),
    rebase_pending: Type.Boolean(),
    rules: Type.Array(Type.Object({})),
    timezone: plain,
    cutover: plain,
    day_open_equity: minorUnits,
    day_net_flow: minorUnits,
    units: ratioOrNull,
    unpriced: Type.Array(plain),
    stale: Type.Array(plain),
    state_hash: plain,
    positions: Type.Array(position),
  },
  { description: 'An account as tidemark.inspect answers it.' },
);

export const alertMessage = Type.Object(
  {
    alert_id: plain,
    kind: Type.Union(alertKinds.map((each) => Type.Literal(each))),
    account_id: plain,
    state: Type.Union([Type.Literal('raised'), Type.Literal('cleared')]),
    severity: Type.Union(['info', 'warning', 'critical'].map((each) => Type.Literal(each))),
    message: plain,
    details: Type.Object({}),
    timestamp: time,
  },
  {
    description: 'On alerts.<kind>.<account>.<alert_id>.<raised|cleared>; account _ for the system.',
  },
);

export const deadLetterMessage = Type.Object(
  {
    id: plain,
    reason: Type.Union(rejectionReasons.map((each) => Type.Literal(each))),
    detail: plain,
    subject: plain,
    sequence: count,
    index: count,
    account_id: plain,
    time,
    payload: plain,
    encoding: Type.Optional(Type.Union([Type.Literal('base64'), Type.Literal('gzip')])),
    truncated: Type.Optional(Type.Boolean()),
    payload_bytes: Type.Optional(safeInteger),
  },
  {
    description:
      'What was refused, with its reason. The payload is its text; base64 where it is none; gzip, as base64, where it is large.',
  },
);
