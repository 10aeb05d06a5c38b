/** The statements that give a fresh connection the database, settings and parameters of a request, as one text. */
import { quoteIdentifier, quoteString } from './sql-text.ts';
import { StoreError } from './store-error.ts';
import type { RequestParameters } from './request-parameters.ts';

/** The engine's default for `max_query_size`, which the text of long parameters may exceed. */
const querySizeDefaultBytes = 262_144;

/** `resultBytesMax`: bound of a result that is held whole, unless the request brings its own; null: none. */
export function sessionStatements(parameters: RequestParameters, resultBytesMax: number | null): string {
  const assignments: string[] = [];
  for (const [name, value] of parameters.bound)
    assignments.push(`param_${checkedName(name)} = ${quoteString(value)}`);
  for (const [name, value] of parameters.settings)
    assignments.push(`${checkedName(name)} = ${quoteString(value)}`);
  if (resultBytesMax !== null && !parameters.settings.has('max_result_bytes')) {
    assignments.push(`max_result_bytes = ${resultBytesMax}`);
  }
  // The engine gives no say over a query's own id: this is how `stop` finds it.
  assignments.push(`log_comment = ${quoteString(parameters.queryId)}`);
  const statements: string[] = [];
  if (parameters.database !== '') statements.push(`USE ${quoteIdentifier(parameters.database)}`);
  const set = `SET ${assignments.join(', ')}`;
  const sizeBytes = Buffer.byteLength(set);
  if (sizeBytes > querySizeDefaultBytes / 2) {
    statements.push(`SET max_query_size = ${sizeBytes * 2}`, set);
    if (!parameters.settings.has('max_query_size'))
      statements.push(`SET max_query_size = ${querySizeDefaultBytes}`);
  } else statements.push(set);
  return statements.join('; ');
}

function checkedName(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new StoreError(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
  return name;
}
