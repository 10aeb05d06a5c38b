/**
 * Accounts made again from LEDGER alone, in a book of the command's own: the instruments of the configuration and of
 * the bucket INSTRUMENTS, no price, no rate, no engine. What follows from the ledger is exact; what depended on marks
 * is not here. Knows no command.
 */
import type { Config } from '../../../config/load.ts';
import { readInstrument } from '../../../streams/codec/instrument-message.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { NatsLedgerSource } from '../../../streams/sources/ledger.ts';
import { instrumentsBucket } from '../../../streams/sources/stream-definitions.ts';
import { bookOf } from '../../book-of.ts';
import type { AccountView } from '../../domain/account-view.ts';
import { symbolKey } from '../../domain/identifier.ts';
import { InstrumentTable } from '../../domain/instrument.ts';
import type { InstrumentFields } from '../../domain/instrument.ts';
import type { LedgerMessage } from '../../domain/ledger-event.ts';
import { SymbolTable } from '../../domain/symbol-table.ts';
import type { Book } from '../../ledger/book.ts';
import type { Judge } from '../../ledger/judge.ts';
import { quietLog } from '../../quiet-log.ts';
import { VoidHistory } from '../../void-history.ts';
import type { NatsDoor } from '../../client/nats.ts';
import { LedgerOnly } from './ledger-only.ts';
import type { Elements } from './ledger-only.ts';
import { readLedger } from './read-ledger.ts';
import type { LedgerRange } from './read-ledger.ts';

export interface RebuildRange extends LedgerRange {
  readonly judge: Judge;
  /** Messages it says no to are passed over. */
  readonly wants?: (message: LedgerMessage) => boolean;
  /** After each batch. */
  readonly after?: (batch: readonly LedgerMessage[]) => Promise<void>;
  /** Told before a message is applied. */
  readonly applying?: (message: LedgerMessage) => void;
}

export class Rebuild {
  readonly instruments: InstrumentTable;
  readonly book: Book;
  private readonly nats: NatsDoor;
  private readonly decoder: LedgerDecoder;
  private readonly voids: VoidHistory;
  private readonly ledgerOnly: LedgerOnly;
  private readonly described = new Set<number>();

  /** @param flows conversions that were flows when they happened */
  constructor(nats: NatsDoor, config: Config, flows: Elements) {
    const symbols = new SymbolTable();
    this.nats = nats;
    this.instruments = new InstrumentTable(symbols, config.currencies);
    this.decoder = new LedgerDecoder(symbols);
    this.ledgerOnly = new LedgerOnly(flows);
    // The ledger's own time is all the time there is.
    this.book = bookOf(config, this.instruments, false);
    this.book.past.begin(this.ledgerOnly, new Map());
    // A void undoes what stands far behind it: the account's past is read again for it.
    this.voids = new VoidHistory(this.book, new NatsLedgerSource(nats.link, this.decoder, quietLog), {
      find: (sequence, index) => Promise.resolve(this.ledgerOnly.conversion(sequence, index)),
    });
    for (const [symbol, fields] of Object.entries(config.instruments)) this.describe(symbol, fields);
  }

  /** Resolves when everything in the range has been applied. */
  async read(range: RebuildRange): Promise<void> {
    const { judge, wants = () => true, after, applying } = range;
    await readLedger(this.nats, this.decoder, range, async (batch) => {
      const wanted = batch.filter((message) => message.account !== '' && wants(message));
      if (wanted.length === 0) return;
      await this.lookUpSymbols(wanted);
      for (const message of wanted) {
        if (this.voids.concerns([message])) await this.nats.whileConnected(this.voids.prepare(message));
        applying?.(message);
        this.ledgerOnly.use(message);
        this.book.apply(this.book.accounts.find(message.account), message, judge);
      }
      await after?.(wanted);
    });
  }

  view(account: string): AccountView | null {
    return this.book.view(account);
  }

  private async lookUpSymbols(batch: readonly LedgerMessage[]): Promise<void> {
    for (const { items } of batch) {
      for (const item of items) {
        if (!('direction' in item) || this.described.has(item.symbol)) continue;
        this.described.add(item.symbol);
        await this.lookUp(this.instruments.symbols.name(item.symbol));
      }
    }
  }

  private async lookUp(symbol: string): Promise<void> {
    const kept = await this.nats.message(`KV_${instrumentsBucket}`, {
      last_by_subj: `$KV.${instrumentsBucket}.${symbolKey(symbol)}`,
    });
    if (kept === null) return;
    // A key that was deleted leaves the defaults.
    const read = kept.payload.length === 0 ? null : readInstrument(kept.payload);
    if (read?.kind !== 'rejected') this.describe(symbol, read?.fields ?? {});
  }

  private describe(symbol: string, fields: InstrumentFields): void {
    this.book.setInstrument(this.instruments.symbols.intern(symbol), fields);
  }
}
