/** A book as the configuration has it, with the life cycle of the statechart. */
import { lifecycleTable } from '../actors/account-lifecycle.ts';
import type { Config } from '../config/load.ts';
import type { InstrumentTable } from './domain/instrument.ts';
import { minutesOf } from './domain/session-day.ts';
import { Book } from './ledger/book.ts';

/** `eventsTakeTickTime`: an event has the time of the tick after it, not its own of the ledger. */
export function bookOf(config: Config, instruments: InstrumentTable, eventsTakeTickTime: boolean): Book {
  const options = {
    baseCurrency: config.accounts.base_currency,
    pivot: config.fx.pivot,
    timezone: config.accounts.timezone,
    cutoverMinutes: minutesOf(config.accounts.cutover) ?? 0,
    autoOpen: config.accounts.auto_open,
    marksAtExit: config.prices.mark === 'exit',
    dustMinor: config.performance.dust_minor,
    idsKept: config.duplicates.ids,
    voidsWaitMs: config.voids.wait_ms,
    staleAfterMs: config.prices.stale_after_ms,
    eventsTakeTickTime,
  };
  return new Book(options, instruments, lifecycleTable());
}
