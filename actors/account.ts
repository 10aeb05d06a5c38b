/**
 * An account: the actor that owns one row of the book. Its state is the row's number; the figures are columns, so that
 * an event costs a mailbox and no object of its own. Nobody else sends events to a row.
 */
import { fromTransition } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import type { LedgerMessage } from '../src/domain/ledger-event.ts';
import type { Desk } from './desk.ts';

export type AccountEvent =
  | { readonly type: 'ledger'; readonly message: LedgerMessage }
  | { readonly type: 'tick'; readonly tick: number; readonly time: number };

/** What an account does at an event; returns its row, which is its state. */
export type AccountStep = (row: number, event: AccountEvent) => number;

export function accountStep(desk: Desk): AccountStep {
  const { book, judge } = desk;
  return (row, event) => {
    if (desk.stopped.size > 0 && desk.stopped.has(row)) return row;
    // A throw would end the actor, and what it left half done would be built upon.
    try {
      if (event.type === 'tick') {
        const update = book.closeTick(row, event.tick, event.time, judge);
        if (update !== null) desk.emit(update, row);
      } else book.apply(row, event.message, judge);
    } catch (error) {
      desk.failed(row, error, event.type === 'tick' ? NaN : event.message.sequence);
    }
    return row;
  };
}

export function accountLogic(step: AccountStep) {
  return fromTransition(step, ({ input }: { input: number }) => input);
}

export type AccountActor = ActorRefFrom<ReturnType<typeof accountLogic>>;
