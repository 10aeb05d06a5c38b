/**
 * What the views say of an account, under the paths of balance tracking, in currency units: days, drawdowns, performance,
 * and where a change came from.
 */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { rangeValues, viewOf } from '../../client/view-of.ts';
import { dayMs, isDate } from '../../domain/session-day.ts';
import { responsesWithCsv, sendCsv, wantsCsv } from '../answer.ts';
import { propertiesOf, rowOf, schemaOf, type Columns } from '../columns.ts';
import { dayColumns, dayReturns } from '../day-columns.ts';
import { exponentFor, requireAccount, requireKnown } from '../live.ts';
import {
  accountPath,
  dayParameter,
  limitParameter,
  rangeOf,
  rangeParameters,
  readingOf,
  readingParameter,
  symbolParameter,
  timeOf,
  wrong,
} from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';

const days = { ...dayColumns, ...dayReturns };
const { session_date: _, ...dayFigures } = days;
/** As the older front end names it. */
const shownDays: Columns = { date: 'date', ...dayFigures };

const episodes: Columns = {
  peak_ts: 'time',
  trough_ts: 'time',
  recovery_ts: 'time',
  depth: 'ratio',
  decline_seconds: 'ratio',
  recovery_seconds: 'ratio',
  length_seconds: 'ratio',
};

const performance: Columns = {
  total_return: 'ratio',
  annual_return: 'ratio',
  volatility: 'ratio',
  sharpe_ratio: 'ratio',
  sortino_ratio: 'ratio',
  calmar_ratio: 'ratio',
  max_drawdown: 'ratio',
  twr: 'ratio',
  xirr: 'ratio',
  beta: 'ratio',
  alpha: 'ratio',
  days: 'count',
  days_dropped: 'count',
  reason: 'text',
};

const sources: Columns = { source: 'text', amount: 'money' };

const tags = ['analytics'];

export function analytics(app: Server, { config, history, nats }: Parts): void {
  const path = '/api/v1/analytics/portfolio/:id';

  app.get(
    `${path}/equity-history`,
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'An account day by day; end_date is inclusive here.',
        params: accountPath,
        querystring: Type.Object({
          start_date: Type.Optional(dayParameter),
          end_date: Type.Optional(dayParameter),
          ...readingParameter,
        }),
        response: responsesWithCsv(
          Type.Object({
            portfolio_id: Type.String(),
            portfolio_name: Type.String(),
            current_equity: Type.Number(),
            history: Type.Array(schemaOf(shownDays)),
          }),
        ),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const account = await requireAccount(nats, id);
      const exponent = exponentFor(config, account);
      const range = daysOf(request.query.start_date, request.query.end_date);
      const view = viewOf('daily_snapshots', readingOf(request.query), rangeValues(id, range));
      const rows = (await history.rows(days, `${view} ORDER BY session_date`)).map((raw) => {
        const { session_date: date, ...row } = rowOf(days, raw, exponent);
        return { date: date ?? null, ...row };
      });
      if (csv) return sendCsv(reply, `equity-history-${id}`, shownDays, rows);
      return {
        portfolio_id: id,
        portfolio_name: account.name ?? '',
        current_equity: rowOf({ equity: 'money' }, { equity: account.total_equity }, exponent)['equity'],
        history: rows,
      };
    },
  );

  app.get(
    `${path}/drawdowns`,
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'Every fall of an account from a peak to its recovery, the deepest first.',
        params: accountPath,
        querystring: Type.Object({
          ...rangeParameters,
          ...readingParameter,
          min_depth: Type.Optional(
            Type.Number({ minimum: -1, maximum: 1, description: 'A fraction, of either sign.' }),
          ),
          limit: limitParameter,
        }),
        response: responsesWithCsv(
          Type.Object({ portfolio_id: Type.String(), drawdowns: Type.Array(schemaOf(episodes)) }),
        ),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const { min_depth = 0, limit = limits.gatewayPageRowsDefault } = request.query;
      const values = { ...rangeValues(id, rangeOf(request.query)), min_depth };
      const view = viewOf('drawdown_episodes', readingOf(request.query), values);
      const found = await history.rows(episodes, `${view} ORDER BY depth, peak_ts LIMIT ${limit}`);
      const rows = found.map((raw) => rowOf(episodes, raw));
      if (rows.length === 0) await requireKnown(history, nats, id);
      return csv ? sendCsv(reply, `drawdowns-${id}`, episodes, rows) : { portfolio_id: id, drawdowns: rows };
    },
  );

  app.get(
    `${path}/performance`,
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary:
          'What an account earned, at what risk; what is too thin to say is null, and `reason` says why.',
        params: accountPath,
        querystring: Type.Object({
          ...rangeParameters,
          ...readingParameter,
          benchmark: symbolParameter,
          risk_free: Type.Optional(
            Type.Number({ minimum: -1, maximum: 1, description: 'A return a day, as a fraction.' }),
          ),
        }),
        response: responsesWithCsv(
          Type.Object({
            portfolio_id: Type.String(),
            ...propertiesOf(performance),
          }),
        ),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const { benchmark = '', risk_free = 0 } = request.query;
      const values = { ...rangeValues(id, rangeOf(request.query)), benchmark, risk_free };
      const view = viewOf('performance', readingOf(request.query), values);
      const [raw = {}] = await history.rows(performance, view);
      // The view has a row for whoever it is asked.
      if (Number(raw['days'] ?? 0) === 0) await requireKnown(history, nats, id);
      const row = rowOf(performance, raw);
      return csv ? sendCsv(reply, `performance-${id}`, performance, [row]) : { portfolio_id: id, ...row };
    },
  );

  app.get(
    `${path}/attribution`,
    {
      config: { concerns: 'path' },
      schema: {
        tags,
        summary: 'Where the change of equity came from: symbols, fees, income, fx, flow. It sums exactly.',
        params: accountPath,
        querystring: Type.Object({ ...rangeParameters, ...readingParameter }),
        response: responsesWithCsv(
          Type.Object({ portfolio_id: Type.String(), attribution: Type.Array(schemaOf(sources)) }),
        ),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { id } = request.params;
      const values = rangeValues(id, rangeOf(request.query));
      const found = await history.rows(sources, viewOf('attribution', readingOf(request.query), values));
      // Of an account that there never was the view knows as much as of one that did not move.
      if (found.every(({ amount }) => Number(amount) === 0)) await requireKnown(history, nats, id);
      const exponent = await history.exponent(id);
      const rows = found.map((raw) => rowOf(sources, raw, exponent));
      return csv
        ? sendCsv(reply, `attribution-${id}`, sources, rows)
        : { portfolio_id: id, attribution: rows };
    },
  );
}

/** `end_date` is inclusive. Throws Problem: 400. */
function daysOf(start: string | undefined, end: string | undefined) {
  for (const [field, day] of Object.entries({ start_date: start, end_date: end })) {
    if (day !== undefined && !isDate(day)) throw wrong(field, 'must be a day such as 2026-01-31');
  }
  const range = rangeOf(start === undefined ? {} : { from: start });
  const to = end === undefined ? range.to : timeOf('end_date', end) + dayMs;
  if (range.from >= to) throw wrong('start_date', 'must not be after end_date');
  return { from: range.from, to: Math.min(to, range.to) };
}
