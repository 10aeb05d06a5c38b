/** Effects that say how their account is configured, from which the table `accounts` is made. */
import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load.ts';
import { bookOf } from '../../src/book-of.ts';
import { InstrumentTable } from '../../src/domain/instrument.ts';
import { SymbolTable } from '../../src/domain/symbol-table.ts';
import type { Judge } from '../../src/ledger/judge.ts';
import { LedgerDecoder } from '../../streams/codec/ledger-message.ts';

describe('an effect', () => {
  it('says how its account is configured, where an event changed that or began the account', () => {
    const symbols = new SymbolTable();
    const book = bookOf(loadConfig({ env: {} }), new InstrumentTable(symbols), false);
    const decoder = new LedgerDecoder(symbols);
    const said: [string, string, unknown][] = [];
    const nothing = (): void => undefined;
    const judge: Judge = {
      applied: ({ event, state, settings }) =>
        said.push([event.kind, state, settings === '' ? '' : JSON.parse(settings)]),
      bookedLate: nothing,
      duplicate: nothing,
      stale: nothing,
      rejected: nothing,
      voidWaits: nothing,
      voidWaited: nothing,
    };
    let sequence = 0;
    const tell = (subject: string, message: object): void => {
      const payload = Buffer.from(JSON.stringify(message));
      const decoded = decoder.decode(Buffer.from(subject), payload, ++sequence, 1_767_600_000_000);
      book.apply(book.accounts.find(decoded.account), decoded, judge);
    };
    tell('cash.a', { id: 1, type: 'deposit', amount: 1000 });
    tell('cash.a', { id: 2, type: 'deposit', amount: 1000 });
    tell('accounts.b', {
      type: 'open',
      name: 'B',
      timezone: 'Asia/Tokyo',
      cutover: '06:05',
      calendar: 'all',
    });
    tell('accounts.b', { type: 'configure', benchmark: 'SPY', base_currency: 'JPY' });
    const defaults = { name: '', base_currency: 'USD', timezone: 'America/New_York', cutover: '17:00' };
    const b = { name: 'B', base_currency: 'USD', timezone: 'Asia/Tokyo', cutover: '06:05', calendar: 'all' };
    assert.deepEqual(said, [
      ['deposit', 'active.healthy', defaults],
      ['deposit', 'active.healthy', ''],
      ['open', 'pending', b],
      ['configure', 'pending', { ...b, benchmark: 'SPY', base_currency: 'JPY' }],
    ]);
  });
});
