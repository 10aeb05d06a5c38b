/**
 * The changelog of a partition: the bucket ACCOUNTS, one message a value. Owns its revisions: each write names the one
 * it replaces. One that is refused is repeated over a lower epoch, and obeyed under a higher one: another process owns
 * the partition, and nothing more is written. What a value says is its writer's business.
 */
import { limits } from '../../config/limits.ts';
import type { Checkpoint, RecordedPrice } from '../../src/domain/recorded.ts';
import { Fenced, type Changelog, type ChangelogReader, type Clock, type Log } from '../../src/ports.ts';
import { encodeCheckpoint } from '../codec/checkpoint.ts';
import { encodeMarks } from '../codec/recorded-marks.ts';
import { encodeParts, partsHeader, partsOf } from '../codec/state-parts.ts';
import { accountsStream, ChangelogKeys } from '../sources/changelog-keys.ts';
import { readAccount, readChangelog, type Known } from '../sources/changelog-values.ts';
import type { Link } from '../sources/connection.ts';
import { expectedRevision } from '../sources/expected-revision.ts';
import { headerNumber, storedMessage, type AskOptions } from '../sources/stored-message.ts';
import { isWrongRevision, WindowedPublisher } from './windowed-publisher.ts';

export interface ChangelogOptions {
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly partition: number;
}

const epochHeader = 'Tidemark-Epoch';

type Fields = Readonly<Record<string, string>>;

export class NatsChangelog implements Changelog {
  private readonly partition: number;
  private readonly ask: AskOptions;
  private readonly keys: ChangelogKeys;
  private readonly publisher: WindowedPublisher;
  private epoch = 0;
  /** By subject: its last message, as far as is known; a subject that is missing has none. */
  private readonly revisions = new Map<string, number>();
  /** By account: the set of parts that its head names. */
  private readonly sets = new Map<string, number>();
  /** By subject: the last of its writes that is under way. Writes of one value keep their order. */
  private readonly underWay = new Map<string, Promise<void>>();
  private fenced: Fenced | null = null;
  private isClosed = false;

  constructor({ link, clock, log, partition }: ChangelogOptions) {
    this.partition = partition;
    this.ask = { link, log, isOver: () => this.isClosed };
    this.keys = new ChangelogKeys(partition);
    this.publisher = new WindowedPublisher(link, clock, log);
  }

  open(epoch: number): Promise<void> {
    this.epoch = epoch;
    return Promise.resolve();
  }

  load(into: ChangelogReader): Promise<Checkpoint | null> {
    return readChangelog(this.ask, this.keys, into, this.known);
  }

  read(account: string, into: Pick<ChangelogReader, 'account' | 'ids'>): Promise<void> {
    return readAccount(this.ask, this.keys, account, into, this.known);
  }

  saveAccount(account: string, state: Uint8Array): Promise<void> {
    const payloadMax = this.ask.link.nats.info?.max_payload ?? Infinity;
    const bytesMax = Math.min(limits.changelogPartBytesMax, Math.floor(payloadMax / 2));
    if (state.length <= bytesMax) return this.save(this.keys.state(account), state);
    return this.saveInParts(account, partsOf(state, bytesMax));
  }

  /** Parts first, of the set that the last head does not name: until the head is written, the state before is whole. */
  private async saveInParts(account: string, parts: readonly Uint8Array[]): Promise<void> {
    const set = this.sets.get(account) === 0 ? 1 : 0;
    const sequences: number[] = [];
    for (const [number, part] of parts.entries()) {
      const subject = this.keys.part(account, set, number);
      await this.save(subject, part);
      sequences.push(this.revisions.get(subject) ?? 0);
    }
    const head = encodeParts({ set, sequences });
    await this.save(this.keys.state(account), head, { [partsHeader]: String(parts.length) });
    this.sets.set(account, set);
  }

  saveIds(account: string, slot: number, page: Uint8Array): Promise<void> {
    return this.save(this.keys.ids(account, slot), page);
  }

  saveMarks(chunk: number, marks: readonly RecordedPrice[]): Promise<void> {
    return this.save(this.keys.marks(chunk), encodeMarks(marks));
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.save(this.keys.checkpoint, encodeCheckpoint(checkpoint));
  }

  /** The epoch of whoever wrote the last checkpoint; 0 where there is none. May be asked before `open`. */
  async lastEpoch(): Promise<number> {
    const query = { last_by_subj: this.keys.checkpoint };
    return headerNumber(await storedMessage(this.ask, accountsStream, query), epochHeader);
  }

  /** No timer any more, and no question is repeated. */
  close(): void {
    this.isClosed = true;
    this.publisher.close();
  }

  private save(subject: string, value: Uint8Array, more: Fields = {}): Promise<void> {
    const before = this.underWay.get(subject);
    const write = (): Promise<void> => this.write(subject, value, more);
    const done = (before === undefined ? write() : before.then(write, write)).finally(() => {
      if (this.underWay.get(subject) === done) this.underWay.delete(subject);
    });
    this.underWay.set(subject, done);
    return done;
  }

  private async write(subject: string, value: Uint8Array, more: Fields): Promise<void> {
    for (let attempt = 0; attempt <= limits.changelogRetriesMax; attempt++) {
      if (this.fenced !== null) throw this.fenced;
      const fields = {
        ...more,
        [epochHeader]: String(this.epoch),
        [expectedRevision]: String(this.revisions.get(subject) ?? 0),
      };
      try {
        const { sequence } = await this.publisher.publish(subject, value, fields);
        this.remember(subject, sequence);
        return;
      } catch (error) {
        if (!isWrongRevision(error)) throw error;
        await this.learnRevision(subject);
      }
    }
    throw new Error(
      `${subject} is written by somebody else, too: refused ${limits.changelogRetriesMax + 1} times`,
    );
  }

  /** Who wrote the value last: a newer owner is obeyed; an older one, and an own attempt, are written over. */
  private async learnRevision(subject: string): Promise<void> {
    const last = await storedMessage(this.ask, accountsStream, { last_by_subj: subject });
    if (headerNumber(last, epochHeader) > this.epoch) {
      this.fenced = new Fenced(`partition ${this.partition} has a newer owner than epoch ${this.epoch}`);
      throw this.fenced;
    }
    this.remember(subject, last?.seq ?? 0);
  }

  private readonly remember: Known['revision'] = (subject, revision) =>
    void this.revisions.set(subject, revision);

  private readonly known: Known = {
    revision: this.remember,
    named: (account, set) => void this.sets.set(account, set),
  };
}
