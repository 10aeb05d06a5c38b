/**
 * `tidemark dead-letters replay`: one dead letter sent again where it came from, and what became of it this time. Knows
 * the streams that letters are of, and no kind of event.
 */
import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { framesStream, ledgerStream } from '../../streams/sources/stream-definitions.ts';
import { requireDeadLetter, type DeadLetterBody } from '../client/dead-letter-stream.ts';
import { withNats } from '../client/nats.ts';
import { configOf, Failure } from './context.ts';
import { insertFrameAgain } from './dead-letters-frame.ts';
import { sendAgain } from './dead-letters-send.ts';
import { withExamples } from './examples.ts';
import { withWriteOptions, writeToLedger, type WriteOptions } from './ledger-write.ts';

export function registerReplay(parent: Command): void {
  const command = parent
    .command('replay')
    .description(
      'Send what was refused again, as it was, once the cause is mended: of an array only the element. Rows that ' +
        'ClickHouse refused are inserted under the name of their frame, so that none is doubled.',
    )
    .argument('<id>', 'its id, such as LEDGER.481516.0')
    .action(async (id: string, options: WriteOptions, self: Command) => {
      const config = configOf(self);
      await withNats(config, async (nats) => {
        const letter = await requireDeadLetter(nats, id);
        const [stream = ''] = letter.id.split('.');
        if (stream === framesStream) {
          await insertFrameAgain(self, nats, config, letter);
          return;
        }
        const payload = payloadBytes(letter);
        if (stream === ledgerStream) {
          const { subject, account_id: account } = letter;
          const write = { subject, account, message: fieldsOf(payload), payload, what: `dead letter ${id}` };
          await writeToLedger(self, nats, write, options);
        } else await sendAgain(self, nats, letter, payload, stream, options);
      });
    });
  withWriteOptions(command);
  withExamples(command, 'dead-letters replay LEDGER.481516.0');
}

/** What was refused, byte by byte. Throws where the letter has not all of it. */
function payloadBytes(letter: DeadLetterBody): Uint8Array {
  const { id, payload, encoding, truncated, payload_bytes, detail } = letter;
  if (truncated === true) {
    throw new Failure(
      `dead letter ${id} has only the beginning of ${payload_bytes ?? 0} bytes: send it again from where it came from`,
    );
  }
  // Refused for its length, it would be refused again, and its letter has not more than an element of it.
  if (detail.startsWith('an array of more than')) {
    throw new Failure(
      `dead letter ${id} is ${detail}: send it again from where it came from, in several arrays`,
    );
  }
  const bytes = Buffer.from(payload, encoding === undefined ? 'utf8' : 'base64');
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}

/** The message, as far as it is one; what cannot be read is sent, and refused, all the same. */
function fieldsOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(Buffer.from(payload).toString());
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);
    return isObject ? (message as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
