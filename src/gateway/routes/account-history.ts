/**
 * History of one account from the views, in minor units: its curve, days, positions at a moment, flows and fills, in pages
 * where there may be many.
 */
import Type, { type TSchema } from 'typebox';
import { limits } from '../../../config/limits.ts';
import { allTime, rangeValues, sqlTime, viewOf } from '../../client/view-of.ts';
import { responsesWithCsv, sendCsv, wantsCsv } from '../answer.ts';
import { rowOf, schemaOf, type Columns } from '../columns.ts';
import { dayColumns, dayReturns } from '../day-columns.ts';
import { requireKnown } from '../live.ts';
import { pageClause, pageOf } from '../page.ts';
import {
  accountPath,
  atParameter,
  limitParameter,
  rangeOf,
  rangeParameters,
  readingOf,
  readingParameter,
  timeOf,
} from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';

const curve: Columns = {
  ts: 'time',
  total_equity: 'money',
  nav: 'ratio',
  cash_balance: 'money',
  position_value: 'money',
  unrealized_pnl: 'money',
  realized_pnl: 'money',
  fees: 'money',
  income: 'money',
  net_flow: 'money',
  drawdown: 'ratio',
  epoch: 'count',
  sequence: 'count',
};

const positions: Columns = {
  symbol: 'text',
  quantity: 'decimal',
  cost: 'money',
  market_value: 'money',
  unrealized: 'money',
  realized: 'money',
  currency: 'text',
  average_cost: 'ratio',
  price: 'decimal',
  price_ts: 'time',
  market_value_base: 'money',
  unrealized_base: 'money',
  realized_base: 'money',
};

/** Views that are answered in pages: their columns and the key of a row, or all that is shown of it. */
const paged: readonly { name: string; view: string; about: string; columns: Columns; key: string[] }[] = [
  {
    name: 'snapshots',
    view: 'daily_snapshots',
    about: 'An account day by day.',
    key: ['session_date'],
    columns: {
      ...dayColumns,
      cash_value: 'money',
      long_value: 'money',
      short_value: 'money',
      gross_exposure: 'money',
      net_exposure: 'money',
      num_positions: 'count',
      num_long_positions: 'count',
      num_short_positions: 'count',
      ...dayReturns,
    },
  },
  {
    name: 'flows',
    view: 'flows',
    about: 'What came into an account from outside and went out of it.',
    key: ['ts', 'booked_ts', 'id', 'kind', 'amount'],
    columns: { ts: 'time', booked_ts: 'time', id: 'text', kind: 'text', amount: 'money' },
  },
  {
    name: 'fills',
    view: 'fills',
    about: 'Fills and transfers in kind of an account.',
    key: ['sequence', 'idx'],
    columns: {
      sequence: 'count',
      idx: 'count',
      ts: 'time',
      event_ts: 'time',
      id: 'text',
      kind: 'text',
      source: 'text',
      symbol: 'text',
      side: 'text',
      quantity: 'decimal',
      price: 'decimal',
      currency: 'text',
      fee: 'money',
      fee_currency: 'text',
      fee_quantity: 'decimal',
      cash_effect: 'money',
      realized: 'money',
      quantity_before: 'decimal',
      quantity_after: 'decimal',
    },
  },
];

const rowsSchema = (name: string, row: TSchema, more: Record<string, TSchema> = {}): TSchema =>
  Type.Object({ account_id: Type.String(), ...more, [name]: Type.Array(row) });

export function accountHistory(app: Server, { history, nats }: Parts): void {
  const tags = ['history'];
  app.get(
    '/api/v1/accounts/:id/history',
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: "An account's curve, of so many points at most, its highest and lowest among them.",
        params: accountPath,
        querystring: Type.Object({
          ...rangeParameters,
          ...readingParameter,
          points: Type.Integer({
            minimum: 4,
            maximum: limits.gatewayHistoryPointsMax,
            default: limits.gatewayHistoryPointsDefault,
          }),
        }),
        response: responsesWithCsv(rowsSchema('points', schemaOf(curve))),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const { points } = request.query;
      const values = { ...rangeValues(id, rangeOf(request.query)), points };
      const view = viewOf('equity_history', readingOf(request.query), values);
      const rows = (await history.rows(curve, `${view} ORDER BY ts`)).map((raw) => rowOf(curve, raw));
      if (rows.length === 0) await requireKnown(history, nats, id);
      return csv ? sendCsv(reply, `history-${id}`, curve, rows) : { account_id: id, points: rows };
    },
  );

  app.get(
    '/api/v1/accounts/:id/positions',
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'The positions of an account at a moment of its past, at the prices of then.',
        params: accountPath,
        querystring: Type.Object({ at: atParameter, ...readingParameter }),
        response: responsesWithCsv(rowsSchema('positions', schemaOf(positions))),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const { at } = request.query;
      const moment = sqlTime(at === undefined ? allTime.to : timeOf('at', at));
      const view = viewOf('positions', readingOf(request.query), { account_id: id, at: moment });
      const found = await history.rows(positions, `${view} ORDER BY symbol`);
      const rows = found.map((raw) => rowOf(positions, raw));
      if (rows.length === 0) await requireKnown(history, nats, id);
      return csv ? sendCsv(reply, `positions-${id}`, positions, rows) : { account_id: id, positions: rows };
    },
  );

  for (const { name, view, about, columns, key } of paged) {
    app.get(
      `/api/v1/accounts/:id/${name}`,
      {
        config: { concerns: 'path' },
        schema: {
          tags,
          summary: `${about} \`next\` is the \`after\` of the next page.`,
          params: accountPath,
          querystring: Type.Object({
            ...rangeParameters,
            ...readingParameter,
            limit: limitParameter,
            after: Type.Optional(Type.String({ maxLength: limits.gatewayParameterCharsMax })),
          }),
          response: responsesWithCsv(
            rowsSchema(name, schemaOf(columns), { next: Type.Union([Type.String(), Type.Null()]) }),
          ),
        },
      },
      async (request, reply) => {
        const csv = wantsCsv(request);
        const { id } = request.params;
        const { limit = limits.gatewayPageRowsDefault, after } = request.query;
        const from = viewOf(view, readingOf(request.query), rangeValues(id, rangeOf(request.query)));
        const found = await history.rows(columns, `${from}${pageClause(columns, key, { after, limit })}`);
        const page = pageOf(found, key, { after, limit });
        const rows = page.rows.map((raw) => rowOf(columns, raw));
        if (rows.length === 0) await requireKnown(history, nats, id);
        if (page.next !== null) reply.header('x-next', page.next);
        return csv
          ? sendCsv(reply, `${name}-${id}`, columns, rows)
          : { account_id: id, next: page.next, [name]: rows };
      },
    );
  }
}
