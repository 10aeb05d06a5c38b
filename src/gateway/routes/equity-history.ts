/**
 * `GET /api/account/equity-history`: the curve as the older front end of the equity service expects it, minor units, its
 * newest point the live state. An account id that is a canonical integer is a JSON number here.
 */
import Type from 'typebox';
import { parsePeriodMs } from '../../../config/period.ts';
import { limits } from '../../../config/limits.ts';
import { allTime, rangeValues, viewOf } from '../../client/view-of.ts';
import { dayMs } from '../../domain/session-day.ts';
import { rowOf, textOf, type Columns } from '../columns.ts';
import { requireAccount } from '../live.ts';
import { accountParameter, oneOf } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { problemResponses } from '../problem.ts';

const ranges = {
  '1h': dayMs / 24,
  '1d': dayMs,
  '1w': 7 * dayMs,
  '1m': 30 * dayMs,
  '1y': 365 * dayMs,
  all: Infinity,
} as const;
const rangeNames = ['1h', '1d', '1w', '1m', '1y', 'all'] as const;

const columns: Columns = {
  ts: 'time',
  total_equity: 'money',
  cash_balance: 'money',
  position_value: 'money',
  unrealized_pnl: 'money',
  realized_pnl: 'money',
};

const money = Type.Integer();
const point = Type.Object({
  tick: Type.Integer(),
  timestamp: Type.Integer(),
  equity: money,
  cash_balance: money,
  position_value: money,
  unrealized_pnl: money,
  realized_pnl: money,
});

export function equityHistory(app: Server, { config, history, nats }: Parts): void {
  const curveMs = config.curve.resolution === 'tick' ? null : parsePeriodMs(config.curve.resolution);
  app.get(
    '/api/account/equity-history',
    {
      config: { concerns: 'query' },
      schema: {
        tags: ['history'],
        summary: "An account's equity over a time that ends at its last tick, for a chart.",
        querystring: Type.Object({
          account_id: accountParameter,
          range: Type.Optional(oneOf(...rangeNames)),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.gatewayHistoryPointsMax })),
        }),
        response: {
          200: Type.Object({
            account_id: Type.Union([Type.Integer(), Type.String()]),
            range: Type.String(),
            resolution_ms: Type.Integer(),
            points: Type.Array(point),
          }),
          ...problemResponses,
        },
      },
    },
    async (request) => {
      const { account_id: id, range = '1d', limit = limits.gatewayHistoryPointsDefault } = request.query;
      const live = await requireAccount(nats, id);
      // Behind the live point, whose clock is that of the ticks: they may carry the time of data of long ago.
      const from = Math.max(allTime.from, live.timestamp - ranges[range]);
      const values = { ...rangeValues(id, { from, to: live.timestamp }), points: limit };
      const view = `${viewOf('equity_history', {}, values)} ORDER BY ts`;
      // Of what no tick has seen yet there is the live point alone.
      const rows = from < live.timestamp ? await history.rows(columns, view) : [];
      // The oldest goes where the live point would be one too many: it has left the range first.
      const recorded = rows.slice(Math.max(0, rows.length - limit + 1)).map((raw) => {
        const { ts, ...row } = rowOf(columns, raw);
        const timestamp = Date.parse(textOf(ts));
        return pointOf(timestamp, timestamp, row);
      });
      const first = recorded[0]?.timestamp ?? live.timestamp;
      return {
        account_id: /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id,
        range,
        resolution_ms: Math.max(
          curveMs ?? config.tick.interval_ms,
          Math.round((live.timestamp - first) / limit),
        ),
        points: [...recorded, pointOf(live.tick, live.timestamp, { ...live })],
      };
    },
  );
}

/** Rows of history have no tick of their own: it is their time in milliseconds, as it is with ticks of the clock. */
function pointOf(tick: number, timestamp: number, figures: Readonly<Record<string, unknown>>) {
  const figure = (name: string): number => Number(figures[name]);
  return {
    tick,
    timestamp,
    equity: figure('total_equity'),
    cash_balance: figure('cash_balance'),
    position_value: figure('position_value'),
    unrealized_pnl: figure('unrealized_pnl'),
    realized_pnl: figure('realized_pnl'),
  };
}
