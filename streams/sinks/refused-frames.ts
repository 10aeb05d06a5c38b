/**
 * Frames that ClickHouse refuses for good go to DEAD_LETTERS, whole, in as many letters as their size needs; each is
 * taken there once, however often it is sent.
 */
import type { NatsConnection } from 'nats';
import { limits } from '../../config/limits.ts';
import { isRefusedByRevision } from '../sources/expected-revision.ts';
import type { ReceivedFrame } from '../sources/frames.ts';
import { framesStream } from '../sources/stream-definitions.ts';

const refusedReason = 'frame_refused';

/** Resolves when every letter is acknowledged. */
export async function publishRefusedFrame(
  nats: NatsConnection,
  frame: ReceivedFrame,
  detail: string,
  time: number,
): Promise<void> {
  for (const [index, lines] of partsOf(new TextDecoder().decode(frame.body)).entries()) {
    const id = `${framesStream}.${frame.sequence}.${index}`;
    const letter = {
      id,
      reason: refusedReason,
      detail,
      subject: frame.subject,
      sequence: frame.sequence,
      index,
      account_id: '_',
      time,
      payload: { frame: frame.name, table: frame.table, columns: frame.columns.join(','), lines },
    };
    const options = { expect: { lastSubjectSequence: 0 }, timeout: limits.natsApiMsMax };
    try {
      await nats.jetstream().publish(`dead_letters.${id}`, JSON.stringify(letter), options);
    } catch (error) {
      // The letter is there already.
      if (!isRefusedByRevision(error)) throw error;
    }
  }
}

/** Lines in groups that stay below the server's largest message when they are quoted. */
function partsOf(body: string): string[][] {
  const parts: string[][] = [];
  let part: string[] = [];
  let size = 0;
  for (const line of body.split('\n')) {
    if (line === '') continue;
    const quotedBytes = Buffer.byteLength(JSON.stringify(line)) + 1;
    if (part.length > 0 && size + quotedBytes > limits.refusedFrameLetterBytesMax) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(line);
    size += quotedBytes;
  }
  parts.push(part);
  return parts;
}
