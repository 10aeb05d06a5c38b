/**
 * Settlements, cash and trades to their stream: every message acknowledged, in the order of the file, with a window of
 * those that are not yet. Knows nothing of what is in them.
 */
import { limits } from '../../../config/limits.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { quietLog } from '../../quiet-log.ts';
import { systemClock } from '../../system-clock.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { Failure } from '../context.ts';
import { countText } from '../format.ts';
import type { Lane } from './lane.ts';
import type { ImportRecord } from './record.ts';
import type { ImportReport } from './report.ts';
import { SequenceLines } from './sequence-lines.ts';

const nothing = (): void => undefined;

export class EventLane implements Lane {
  readonly lines = new SequenceLines();
  private readonly nats: NatsDoor;
  private readonly report: ImportReport;
  private readonly publisher: WindowedPublisher;
  private readonly encoder = new TextEncoder();
  private readonly stopWatching: () => void;
  private answered = 0;
  private stalled = false;
  private wake = nothing;

  constructor(nats: NatsDoor, report: ImportReport) {
    this.nats = nats;
    this.report = report;
    this.publisher = new WindowedPublisher(nats.link, systemClock, quietLog);
    this.stopWatching = this.watch();
  }

  send(record: ImportRecord): Promise<void> | undefined {
    const { line } = record;
    this.publisher.publish(record.subject, this.encoder.encode(record.body)).then(
      ({ sequence }) => {
        this.answered++;
        this.lines.add(sequence, line);
      },
      (error: unknown) => {
        this.answered++;
        this.report.refuse({ line, reason: 'refused', detail: error instanceof Error ? error.message : '' });
      },
    );
    return this.publisher.congested ? this.until(this.publisher.ready()) : undefined;
  }

  push(): void {
    // Everything is under way already.
  }

  settle(): Promise<void> {
    return this.until(this.publisher.flush());
  }

  close(): void {
    this.stopWatching();
    this.publisher.close();
  }

  /** The publisher itself would try for as long as it takes; a person at a terminal is told. */
  private async until(done: Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      void done.then(resolve);
    });
    if (!this.stalled) return;
    throw new Failure(
      `NATS at ${this.nats.url} does not acknowledge: ${countText(this.answered)} rows were written, ` +
        `${countText(this.publisher.outstanding)} may or may not be; import the file again, what is there already is not counted twice`,
    );
  }

  private watch(): () => void {
    let answeredBefore = -1;
    let since = 0;
    return systemClock.every(limits.importProgressMs, () => {
      const isMoving = this.answered !== answeredBefore || this.publisher.outstanding === 0;
      since = isMoving ? 0 : since + limits.importProgressMs;
      answeredBefore = this.answered;
      if (since < limits.importBehindMsMax && !(this.nats.isClosed && this.publisher.outstanding > 0)) return;
      this.stalled = true;
      this.wake();
    });
  }
}
