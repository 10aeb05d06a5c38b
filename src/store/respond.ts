/**
 * Answers in the way of ClickHouse's HTTP interface: its headers, its error bodies, compression, and the marker by
 * which a client learns of an error after the first bytes have left. Knows nothing of statements.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import type { Outcome, Summary } from './execute.ts';
import { contentType } from './formats.ts';
import { asStoreError, httpStatus, type StoreError } from './store-error.ts';

export interface Answered {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly engineVersion: string;
}

export function setCommonHeaders(response: ServerResponse, queryId: string): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'tidemark');
  response.setHeader('X-ClickHouse-Query-Id', queryId);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
}

export function answerError({ request, response, engineVersion }: Answered, error: StoreError): void {
  if (response.destroyed) return;
  // What is left of a body that nobody reads would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.statusCode = httpStatus(error);
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  if (response.statusCode === 401) {
    response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  }
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(errorText(error, engineVersion));
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html; charset=UTF-8');
  response.end(text);
}

const errorText = (error: StoreError, version: string): string => `${error.message} (version ${version})\n`;

export async function answerOutcome(answered: Answered, outcome: Outcome, compress: boolean): Promise<void> {
  const { request, response, engineVersion } = answered;
  const exceptionTag = randomBytes(12).toString('base64url').slice(0, 16).replaceAll(/[-_]/g, 'x');
  response.setHeader('Content-Type', contentType(outcome.format));
  response.setHeader('X-ClickHouse-Format', outcome.format);
  response.setHeader('X-ClickHouse-Exception-Tag', exceptionTag);
  response.setHeader('X-ClickHouse-Summary', summaryText(outcome.summary));
  const encoder = compress ? responseEncoder(request, response) : null;

  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield* outcome.chunks;
    } catch (error) {
      const text = errorText(asStoreError(error), engineVersion);
      const marker = '\r\n__exception__\r\n';
      yield Buffer.from(
        `${marker}${exceptionTag}\r\n${text}${Buffer.byteLength(text)} ${exceptionTag}${marker}`,
      );
    }
  }

  const source = Readable.from(body(), { objectMode: false });
  if (request.method === 'HEAD') source.destroy();
  else if (encoder === null) return pipeline(source, response);
  else return pipeline(source, encoder, response);
  response.end();
  await once(response, 'close');
}

function summaryText(summary: Summary): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(summary.elapsedSeconds * 1e9)),
  });
}

function responseEncoder(request: IncomingMessage, response: ServerResponse): Transform | null {
  const accepted = request.headers['accept-encoding']?.toString() ?? '';
  const name = ['gzip', 'deflate', 'br'].find((encoding) => new RegExp(`\\b${encoding}\\b`).test(accepted));
  if (name === undefined) return null;
  response.setHeader('Content-Encoding', name);
  if (name === 'gzip') return createGzip({ level: constants.Z_BEST_SPEED });
  if (name === 'deflate') return createDeflate({ level: constants.Z_BEST_SPEED });
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}
