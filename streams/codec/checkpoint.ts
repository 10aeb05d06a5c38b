/** A checkpoint as the changelog keeps it: JSON, in snake case. A format that this version does not know is refused. */
import { changelogFormat, type Checkpoint } from '../../src/domain/recorded.ts';

interface CheckpointMessage {
  readonly format: number;
  readonly ledger_created: string;
  readonly partitions: number;
  readonly sequence: number;
  readonly effects_from: number;
  readonly frames_from: number;
  readonly tick_ceiling: number;
  readonly held?: readonly string[];
}

/** Of the first format: it differs in nothing else. */
const formatWithoutHeld = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const message: CheckpointMessage = {
    format: checkpoint.format,
    ledger_created: checkpoint.ledgerCreated,
    partitions: checkpoint.partitions,
    sequence: checkpoint.sequence,
    effects_from: checkpoint.effectsFrom,
    frames_from: checkpoint.framesFrom,
    tick_ceiling: checkpoint.tickCeiling,
    held: checkpoint.held,
  };
  return encoder.encode(JSON.stringify(message));
}

/** Throws, with a sentence, for a checkpoint of another format and for what is none. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const message = parse(bytes);
  const held = message.format === formatWithoutHeld ? [] : message.held;
  if (message.format !== changelogFormat && message.format !== formatWithoutHeld) {
    throw new Error(
      `the changelog has format ${String(message.format)} and this version reads format ${changelogFormat}: ` +
        'run the version of Tidemark that wrote it, or one that reads both',
    );
  }
  const numbers = [message.partitions, message.sequence, message.effects_from, message.frames_from];
  const isWhole = [...numbers, message.tick_ceiling].every(Number.isSafeInteger) && Array.isArray(held);
  if (!isWhole || typeof message.ledger_created !== 'string') throw new Error(unreadable);
  return {
    format: changelogFormat,
    ledgerCreated: message.ledger_created,
    partitions: message.partitions as number,
    sequence: message.sequence as number,
    effectsFrom: message.effects_from as number,
    framesFrom: message.frames_from as number,
    tickCeiling: message.tick_ceiling as number,
    held: held as readonly string[],
  };
}

const unreadable = 'the checkpoint in the bucket ACCOUNTS cannot be read: it was not written by Tidemark';

function parse(bytes: Uint8Array): Partial<CheckpointMessage> {
  try {
    return JSON.parse(decoder.decode(bytes)) as Partial<CheckpointMessage>;
  } catch (cause) {
    throw new Error(unreadable, { cause });
  }
}
