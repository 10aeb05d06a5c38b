/** Answers of many rows: as JSON or, by `Accept`, as CSV. Knows no route. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { csvOf, type Columns, type Row } from './columns.ts';
import { Problem, problemResponses } from './problem.ts';

/** Responses of a route that answers `schema` or the same rows as CSV. */
export function responsesWithCsv(schema: TSchema): object {
  return {
    200: {
      description: 'JSON, or CSV by Accept',
      content: { 'application/json': { schema }, 'text/csv': { schema: Type.String() } },
    },
    ...problemResponses,
  };
}

/** Throws Problem: 406. */
export function wantsCsv(request: FastifyRequest): boolean {
  const wanted = request.accepts().type(['json', 'csv']);
  if (wanted === false) {
    throw new Problem(406, 'not_acceptable', 'answers are application/json or text/csv');
  }
  return wanted === 'csv';
}

export function sendCsv(
  reply: FastifyReply,
  name: string,
  columns: Columns,
  rows: readonly Row[],
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(csvOf(columns, rows));
}

/** JSON that is text already, as the engine gave it. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}
