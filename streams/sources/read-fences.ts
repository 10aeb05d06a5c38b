/** Where owners of partitions began, by the marks that each wrote first into FRAMES: of those that FRAMES still has. */
import { fenceTable } from '../../src/domain/frame.ts';
import type { Log } from '../../src/ports.ts';
import type { OwnedFrame } from '../operators/newest-owner.ts';
import type { Link } from './connection.ts';
import { readSubjects } from './read-subjects.ts';
import { streamBounds } from './stream-api.ts';
import { framesStream, frameSubject } from './stream-definitions.ts';

export interface ReadFencesOptions {
  readonly link: Link;
  readonly log: Log;
  /** null: of all. */
  readonly partition: number | null;
  readonly isOver: () => boolean;
  readonly take: (fence: OwnedFrame) => void;
}

/** Resolves when all were given, in order. */
export async function readFences({ link, log, partition, isOver, take }: ReadFencesOptions): Promise<void> {
  const { first } = await streamBounds(link.nats, framesStream);
  await readSubjects({
    link,
    log,
    isOver,
    stream: framesStream,
    subjects: partition === null ? `frames.*.${fenceTable}` : frameSubject(partition, fenceTable),
    from: Math.max(1, first),
    isTrimmed: true,
    take: ({ subject, headers }, sequence) => {
      take({ subject, sequence, epoch: Number(headers?.get('Tidemark-Epoch') ?? 0) });
    },
  });
}
