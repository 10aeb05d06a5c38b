/**
 * What a rebuild from LEDGER alone takes the place of rates with: nothing. It books in currencies, exactly, and in base
 * nothing at all, so that nothing waits for a rate either. One thing in the ledger's own figures hangs on a rate: a
 * conversion with a leg that had none was two flows; which ones were, has to be said.
 */
import type { LedgerMessage } from '../../domain/ledger-event.ts';
import type { RecordedEffect } from '../../domain/recorded.ts';
import { rebasedFigures } from '../../ledger/apply-rebase.ts';
import type { RecallSource } from '../../ledger/recall.ts';

/** Elements of messages, as `<sequence>.<index>`. */
export type Elements = ReadonlySet<string>;

export function elementKey(sequence: number, index: number): string {
  return `${sequence}.${index}`;
}

export class LedgerOnly implements RecallSource {
  private readonly flows: Elements;
  private message: LedgerMessage | null = null;

  /** @param flows conversions that were flows when they happened */
  constructor(flows: Elements) {
    this.flows = flows;
  }

  /** The message that is applied next. */
  use(message: LedgerMessage): void {
    this.message = message;
  }

  effect(sequence: number, index: number): RecordedEffect {
    const kind = this.message?.items[index]?.kind;
    if (kind === 'rebase') return unknownNav;
    return kind === 'conversion' ? this.conversion(sequence, index) : nothing;
  }

  late(): readonly RecordedEffect[] {
    return [];
  }

  /** The record of an element as of a conversion; of another one, a void needs none. */
  conversion(sequence: number, index: number): RecordedEffect {
    const bookings = this.flows.has(elementKey(sequence, index)) ? nothing.bookings : [];
    return { ...nothing, sequence, index, bookings };
  }
}

/** As many bookings as any event has. */
const nothing: RecordedEffect = {
  account: '',
  sequence: 0,
  index: 0,
  bookings: [0, 0, 0, 0],
  late: null,
  rate: NaN,
  equityBefore: NaN,
  navBefore: NaN,
  units: NaN,
  nav: NaN,
  epoch: 1,
  tick: NaN,
  time: NaN,
};

/** A rebase changes what hangs on marks, and nothing else: an account of the ledger alone has none of it. */
const unknownNav: RecordedEffect = { ...nothing, bookings: new Array<number>(rebasedFigures).fill(NaN) };
