/**
 * Reads what the stream FRAMES still has of the past, once after a restart, and tells it to the pure part that answers
 * for it. What frames mean is not known here.
 */
import type { FramedLate, RecordedCurves, RecordedPeriod, SoughtRows } from '../../src/domain/recorded.ts';
import type { FrameHistory, Log } from '../../src/ports.ts';
import { FramedPast } from '../operators/framed-past.ts';
import { FramedPeriods } from '../operators/framed-periods.ts';
import type { Link } from './connection.ts';
import { readFences } from './read-fences.ts';
import { readSubjects } from './read-subjects.ts';
import { streamBounds } from './stream-api.ts';
import { framesStream, frameSubject } from './stream-definitions.ts';

export interface FrameHistoryOptions {
  readonly link: Link;
  readonly log: Log;
  readonly partition: number;
}

export class NatsFrameHistory implements FrameHistory {
  private readonly link: Link;
  private readonly log: Log;
  private readonly partition: number;
  private readonly past = new FramedPast();

  constructor({ link, log, partition }: FrameHistoryOptions) {
    this.link = link;
    this.log = log;
    this.partition = partition;
  }

  get framedThrough(): number {
    return this.past.framedThrough;
  }

  get curves(): RecordedCurves {
    return this.past.curves;
  }

  /** Frames that were too old are gone, and what they said is in the changelog. */
  async load(from: number, sought: SoughtRows): Promise<void> {
    const { log, past } = this;
    const startedAt = performance.now();
    const frames = await this.read(from, '*', {
      fence: (mark) => {
        past.fence(mark);
      },
      take: (frame) => {
        past.take(frame, sought);
      },
    });
    past.end();
    const ms = Math.round(performance.now() - startedAt);
    log.info({ from, frames, ms, framedThrough: past.framedThrough }, 'frames read');
  }

  async periods(
    from: number,
    accounts: ReadonlySet<string>,
    take: (period: RecordedPeriod) => void,
  ): Promise<void> {
    const startedAt = performance.now();
    const frames = await this.read(from, 'equity_curve', new FramedPeriods(accounts, take));
    const ms = Math.round(performance.now() - startedAt);
    this.log.info(
      { from, frames, ms, accounts: accounts.size },
      'frames read again for what waits for a rebase',
    );
  }

  /** Tells `past` every frame of a table from a position on; how many there were. */
  private async read(
    from: number,
    table: string,
    past: Pick<FramedPeriods, 'fence' | 'take'>,
  ): Promise<number> {
    const { link, log, partition } = this;
    const { first } = await streamBounds(link.nats, framesStream);
    await readFences({
      link,
      log,
      partition,
      isOver: () => false,
      take: (fence) => {
        past.fence(fence);
      },
    });
    let frames = 0;
    await readSubjects({
      link,
      log,
      isOver: () => false,
      stream: framesStream,
      subjects: frameSubject(partition, table),
      from: Math.max(from, first),
      isTrimmed: true,
      take: ({ subject, headers, data }, sequence) => {
        frames++;
        const frame = {
          subject,
          sequence,
          epoch: Number(headers?.get('Tidemark-Epoch') ?? 0),
          name: headers?.get('Tidemark-Frame') ?? '',
          table: headers?.get('Tidemark-Table') ?? '',
          columns: headers?.get('Tidemark-Columns').split(',') ?? [],
          body: data,
        };
        past.take(frame);
      },
    });
    return frames;
  }

  isFramed(sequence: number, index?: number): boolean {
    return this.past.isFramed(sequence, index);
  }

  isLateFramed(late: FramedLate): boolean {
    return this.past.isLateFramed(late);
  }

  forgetCurves(): void {
    this.past.forgetCurves();
  }

  forget(): void {
    this.past.forget();
  }
}
