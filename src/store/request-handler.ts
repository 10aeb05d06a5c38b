/**
 * One HTTP request to the store: health checks, credentials, the statement, its answer; and what happens when the
 * client leaves before the answer. Knows neither the engine's calls nor the data directory.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../ports.ts';
import type { Engine } from './engine.ts';
import { execute } from './execute.ts';
import { decodedBody, readSentStatement, type SentStatement } from './request-body.ts';
import { readForm, readParameters, type Credentials, type RequestParameters } from './request-parameters.ts';
import { answerError, answerOutcome, answerText, setCommonHeaders, type Answered } from './respond.ts';
import { createRunningQueries, type RunningQueries } from './running-queries.ts';
import { asStoreError, StoreError } from './store-error.ts';

export interface HandlerOptions {
  readonly engine: Engine;
  readonly user: string;
  readonly password: string;
  readonly spoolDirectory: string;
  readonly log: Log;
}

export interface RequestHandler {
  handle(request: IncomingMessage, response: ServerResponse): void;
  readonly running: RunningQueries;
}

const healthPaths = new Set(['/ping', '/replicas_status']);

export function createRequestHandler(options: HandlerOptions): RequestHandler {
  const { engine, log } = options;
  const running = createRunningQueries(engine, log);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = { request, response, engineVersion: engine.version };
    try {
      const url = new URL(request.url ?? '/', 'http://store');
      if (healthPaths.has(url.pathname)) {
        answerText(response, 200, 'Ok.\n');
        return;
      }
      if (url.pathname !== '/') {
        answerText(response, 404, noHandler(url.pathname));
        return;
      }
      if (isGet(request) && !url.searchParams.has('query')) {
        answerText(response, 200, 'Ok.\n');
        return;
      }
      const isForm = request.headers['content-type']?.startsWith('multipart/form-data') === true;
      authenticate(readParameters(request, url).credentials, options);
      const body = isForm ? emptyBody() : decodedBody(request);
      const form = isForm ? await readForm(request, decodedBody(request)) : undefined;
      const parameters = readParameters(request, url, form);
      setCommonHeaders(response, parameters.queryId);
      await runQuery(answered, parameters, body);
    } catch (error) {
      const known = asStoreError(error);
      if (known.code === 1001) log.error({ error: known.message }, 'a request to the store failed');
      if (response.headersSent) response.destroy();
      else answerError(answered, known);
    }
  }

  async function runQuery(
    answered: Answered,
    parameters: RequestParameters,
    body: AsyncIterable<Buffer>,
  ): Promise<void> {
    const { queryId } = parameters;
    const sent = await readSentStatement(parameters.query, body, options.spoolDirectory);
    try {
      await running.run(queryId, (signal) => answerStatement(answered, parameters, sent, signal));
    } finally {
      if (typeof sent.data === 'string') await rm(sent.data, { force: true });
    }
  }

  async function answerStatement(
    answered: Answered,
    parameters: RequestParameters,
    sent: SentStatement,
    signal: AbortSignal,
  ): Promise<void> {
    const { queryId } = parameters;
    // An insert goes on when its client has left, as on a server: half of it would help nobody.
    answered.response.once('close', () => {
      if (!answered.response.writableFinished && sent.statement.kind === 'select') running.stop(queryId);
    });
    refuseWrites(parameters, sent);
    const outcome = await execute(engine, sent, parameters, options.spoolDirectory, signal);
    try {
      await answerOutcome(answered, outcome, parameters.compressResponse);
    } catch (error) {
      // The reader has left, or the connection broke: there is nobody to tell.
      log.debug({ error: String(error), queryId }, 'an answer did not reach its reader');
      answered.response.destroy();
    } finally {
      await outcome.close();
    }
  }

  return {
    running,
    handle: (request, response) => {
      void answer(request, response);
    },
  };
}

const isGet = (request: IncomingMessage): boolean => request.method === 'GET' || request.method === 'HEAD';

/** The engine itself lets two writes pass under `readonly`: an insert into a table function, and KILL. */
function refuseWrites(parameters: RequestParameters, { statement }: SentStatement): void {
  const isReadOnly = (parameters.settings.get('readonly') ?? '0') !== '0';
  if (!isReadOnly || (statement.kind !== 'insert' && statement.kind !== 'kill')) return;
  throw new StoreError(164, 'READONLY', 'Cannot execute query in readonly mode');
}

async function* emptyBody(): AsyncGenerator<Buffer> {
  // A form has been read as a whole.
}

function noHandler(path: string): string {
  return (
    `There is no handle ${path}\n\nUse / or /ping for health checks.\n` +
    'Or /replicas_status for more sophisticated health checks.\n\n' +
    'Send queries from your program with POST method or GET /?query=...\n'
  );
}

function authenticate(
  given: Credentials,
  expected: { readonly user: string; readonly password: string },
): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const passwordFits = timingSafeEqual(digest(given.password), digest(expected.password));
  if (passwordFits && given.user === expected.user) return;
  const message =
    `${given.user}: Authentication failed: password is incorrect, or there is no user with such name. ` +
    'The password stands in the file store/password of the data directory.';
  if (given.password === '') throw new StoreError(194, 'REQUIRED_PASSWORD', message);
  throw new StoreError(516, 'AUTHENTICATION_FAILED', message);
}
