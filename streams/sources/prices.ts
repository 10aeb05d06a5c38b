/**
 * Prices from NATS into the intake: `prices.<symbol>`, batches on `prices`, mapped foreign subjects, and at the start
 * what the stream PRICES still holds. A hot callback reads bytes; nothing of Rx, no object a message. What is wrong is
 * refused, and stops nothing.
 */
import type { Msg, Subscription } from 'nats';
import { limits } from '../../config/limits.ts';
import type { InstrumentTable } from '../../src/domain/instrument.ts';
import { rejected } from '../../src/domain/rejection.ts';
import type { Cancel, Clock, Log, PriceIntake, PriceSource, Refuse } from '../../src/ports.ts';
import type { ForeignMapping } from '../codec/foreign-price.ts';
import { PriceDecoder, type RefuseElement } from '../codec/price-decoder.ts';
import { SymbolLookup } from '../codec/symbol-lookup.ts';
import type { Link } from './connection.ts';
import { coreLetter } from './core-letter.ts';
import { subjectBytes } from './message-bytes.ts';
import { PriceWriteThrough } from './price-write-through.ts';
import { readLastPerSubject } from './read-last-per-subject.ts';
import { pricesStream } from './stream-definitions.ts';

export interface PriceSourceOptions {
  /** A connection without echo: what is written through to PRICES must not come back. */
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly instruments: InstrumentTable;
  /** Config `prices.sources`. */
  readonly foreign: readonly ForeignMapping[];
  /** Config `prices.capture`. */
  readonly capture: boolean;
}

/** Length of `prices.`. */
const tokenStart = 7;
const noSymbol = rejected('malformed', 'subject');

export class NatsPriceSource implements PriceSource {
  private readonly options: PriceSourceOptions;
  private readonly lookup: SymbolLookup;
  private readonly subscriptions: Subscription[] = [];
  private writeThrough: PriceWriteThrough | null = null;
  private cancel: Cancel = () => undefined;

  constructor(options: PriceSourceOptions) {
    this.options = options;
    this.lookup = new SymbolLookup(options.instruments.symbols);
  }

  async open(intake: PriceIntake, refuse: Refuse): Promise<void> {
    const { link, clock, instruments, foreign, capture } = this.options;
    const { lookup } = this;
    const single = new PriceDecoder(lookup, instruments, intake);
    this.subscribe('prices.>', (message) => {
      const subject = subjectBytes(message);
      const symbol = lookup.ofToken(subject, tokenStart, subject.length);
      const why = symbol < 0 ? noSymbol : single.one(symbol, message.data);
      if (why !== null) refuse(coreLetter(message, 0, why, clock.now()));
    });
    if (capture) {
      const writeThrough = new PriceWriteThrough(intake, link, instruments, clock);
      this.writeThrough = writeThrough;
      this.cancel = clock.every(limits.pricesWriteThroughMs, () => writeThrough.write());
    }
    const other = new PriceDecoder(lookup, instruments, this.writeThrough ?? intake);
    const refusing =
      (message: Msg): RefuseElement =>
      (index, why) =>
        refuse(coreLetter(message, index, why, clock.now()));
    this.subscribe('prices', (message) => other.batch(message.data, refusing(message)));
    for (const mapping of foreign) {
      this.subscribe(mapping.subject, (message) => other.foreign(message.data, mapping, refusing(message)));
    }
    await link.nats.flush();
    if (capture) await this.restore(single);
  }

  async close(): Promise<void> {
    for (const each of this.subscriptions.splice(0)) each.unsubscribe();
    this.cancel();
    this.writeThrough?.write();
    if (this.options.link.isUp) await this.options.link.nats.flush();
  }

  /** What PRICES holds comes with its own time, and so never over what has come since. */
  private async restore(decoder: PriceDecoder): Promise<void> {
    const { link, log } = this.options;
    try {
      const count = await readLastPerSubject(link.nats, pricesStream, 'prices.*', (message, time) => {
        const subject = subjectBytes(message);
        const symbol = this.lookup.ofToken(subject, tokenStart, subject.length);
        if (symbol >= 0) decoder.one(symbol, message.data, time);
      });
      log.debug({ count }, 'prices that PRICES held');
    } catch (error) {
      log.warn(
        { error: String(error) },
        'PRICES could not be read: symbols are without a price until the next one',
      );
    }
  }

  /** A callback that throws would end the connection's reading: nothing that comes in may do that. */
  private subscribe(subject: string, take: (message: Msg) => void): void {
    const { link, log } = this.options;
    const subscription = link.nats.subscribe(subject, {
      callback: (_error, message) => {
        try {
          take(message);
        } catch (error) {
          log.error({ subject: message.subject, error: String(error) }, 'a price could not be taken');
        }
      },
    });
    this.subscriptions.push(subscription);
  }
}
