/**
 * The body of a request: decompressed, kept in memory while it is small, in a file under the spool directory when it
 * is the long data of an insert. Knows no engine.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { limits } from '../../config/limits.ts';
import { readStatement, type Statement } from './statement.ts';
import { StoreError } from './store-error.ts';

/** A statement with the data that came with it; a file of data is the taker's to remove. */
export interface SentStatement {
  readonly text: string;
  readonly statement: Statement;
  /** Data of an insert: bytes, or the path of a file that holds them; null where the statement takes none. */
  readonly data: Uint8Array | string | null;
}

/** `query` is what the URL or a form field said; the body continues it, as on a server. */
export async function readSentStatement(
  query: string,
  body: AsyncIterable<Buffer>,
  spoolDirectory: string,
): Promise<SentStatement> {
  const fromUrl = query === '' ? null : readStatement(query);
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.length;
    if (size > limits.storeBodyBytesInMemoryMax) {
      const head = split(query, fromUrl, Buffer.concat(chunks));
      if (head.data === null) {
        const message = `Statement is too large: the most is ${limits.storeBodyBytesInMemoryMax} bytes`;
        throw new StoreError(229, 'QUERY_IS_TOO_LARGE', message);
      }
      return { ...head, data: await spool(head.data, iterator, spoolDirectory) };
    }
  }
  return split(query, fromUrl, Buffer.concat(chunks, size));
}

interface HeadStatement extends SentStatement {
  readonly data: Buffer | null;
}

function split(query: string, fromUrl: Statement | null, body: Buffer): HeadStatement {
  if (fromUrl !== null && fromUrl.dataAt !== null) {
    const inline = query.slice(fromUrl.dataAt);
    const data = inline === '' ? body : Buffer.concat([Buffer.from(`${inline}\n`), body]);
    return { text: query.slice(0, fromUrl.dataAt), statement: fromUrl, data };
  }
  if (fromUrl !== null && body.length === 0) return { text: query, statement: fromUrl, data: null };
  const whole = query === '' ? body : Buffer.concat([Buffer.from(`${query}\n`), body]);
  // One character a byte, so that offsets are byte offsets; an insert is read only up to its data.
  const head = whole.subarray(0, limits.storeStatementHeadBytes).toString('latin1');
  if (whole.length > head.length && /^\s*insert\s/i.test(head)) {
    const statement = readStatement(head);
    if (statement.dataAt !== null) return splitInsert(whole, statement);
  }
  const statement = readStatement(whole.toString('latin1'));
  if (statement.dataAt !== null) return splitInsert(whole, statement);
  return { text: whole.toString(), statement: readStatement(whole.toString()), data: null };
}

function splitInsert(whole: Buffer, statement: Statement): HeadStatement {
  const dataAt = statement.dataAt ?? whole.length;
  const text = whole.subarray(0, dataAt).toString();
  return { text, statement: readStatement(text), data: whole.subarray(dataAt) };
}

async function spool(head: Buffer, rest: AsyncIterator<Buffer>, directory: string): Promise<string> {
  const path = join(directory, randomUUID());
  let size = head.length;
  async function* all(): AsyncGenerator<Buffer> {
    yield head;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      size += next.value.length;
      if (size > limits.storeSpoolBytesMax) {
        throw new StoreError(
          307,
          'TOO_MANY_BYTES',
          `More than ${limits.storeSpoolBytesMax} bytes in one insert`,
        );
      }
      yield next.value;
    }
  }
  try {
    await pipeline(Readable.from(all(), { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return path;
}

/** The body as sent, decompressed by its Content-Encoding. */
export function decodedBody(request: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return request;
  const decoder = decoders[encoding]?.();
  if (decoder === undefined) {
    const message = `Unknown compression method ${encoding}: the endpoint reads gzip, deflate and br`;
    throw new StoreError(89, 'UNKNOWN_COMPRESSION_METHOD', message);
  }
  request.on('error', (error) => decoder.destroy(error));
  request.on('aborted', () => decoder.destroy(new Error('the client ended the request')));
  return inflated(request.pipe(decoder));
}

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function* inflated(stream: Duplex): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreError(354, 'ZLIB_INFLATE_FAILED', `inflate failed: ${message}`);
  }
}
