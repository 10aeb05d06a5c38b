/** What is nobody's own: marks of a symbol over time, and the decimals of currencies. For whoever may see any account. */
import Type from 'typebox';
import { limits } from '../../../config/limits.ts';
import { sqlTime, viewOf } from '../../client/view-of.ts';
import { exponentsWith } from '../../domain/currency.ts';
import { responsesWithCsv, sendCsv, wantsCsv } from '../answer.ts';
import { rowOf, schemaOf, type Columns } from '../columns.ts';
import { rangeOf, rangeParameters } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { problemResponses } from '../problem.ts';

const marks: Columns = { ts: 'time', price: 'decimal' };

export function market(app: Server, { config, history }: Parts): void {
  const tags = ['market'];
  app.get(
    '/api/v1/prices/:symbol',
    {
      config: { concerns: 'own' },
      schema: {
        tags,
        summary: 'The marks of a symbol for a chart: the last one of each of so many equal stretches.',
        params: Type.Object({
          symbol: Type.String({ pattern: '^[!-)+-=?-~]{1,64}$', description: 'A symbol.' }),
        }),
        querystring: Type.Object({
          ...rangeParameters,
          points: Type.Integer({
            minimum: 1,
            maximum: limits.gatewayHistoryPointsMax,
            default: limits.gatewayHistoryPointsDefault,
          }),
        }),
        response: responsesWithCsv(
          Type.Object({ symbol: Type.String(), prices: Type.Array(schemaOf(marks)) }),
        ),
      },
    },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const { symbol } = request.params;
      const { from, to } = rangeOf(request.query);
      const values = { symbol, from: sqlTime(from), to: sqlTime(to), points: request.query.points };
      const found = await history.rows(marks, `${viewOf('price_history', {}, values)} ORDER BY ts`);
      const rows = found.map((raw) => rowOf(marks, raw));
      return csv ? sendCsv(reply, 'prices', marks, rows) : { symbol, prices: rows };
    },
  );

  app.get(
    '/api/v1/currencies',
    {
      config: { concerns: 'own' },
      schema: {
        tags,
        summary: 'Decimals of the minor units of currencies, where they are not 2.',
        response: {
          200: Type.Object({ exponents: Type.Record(Type.String(), Type.Integer()) }),
          ...problemResponses,
        },
      },
    },
    () => ({ exponents: exponentsWith(config.currencies) }),
  );
}
