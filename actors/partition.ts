/**
 * A partition: the actor over all accounts of one share of the ledger. Its statechart says what may happen when:
 * nothing is emitted before the ledger is caught up, nothing is applied after draining began.
 */
import { setup } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import type { LedgerMessage } from '../src/domain/ledger-event.ts';
import type { PriceChanges } from '../src/domain/price-change.ts';
import { AccountActors } from './accounts.ts';
import type { Desk } from './desk.ts';

export type PartitionEvent =
  | { readonly type: 'ledger'; readonly batch: readonly LedgerMessage[] }
  | {
      readonly type: 'tick';
      readonly tick: number;
      readonly time: number;
      readonly changes: PriceChanges;
      readonly held: (symbol: number) => void;
    }
  | { readonly type: 'acquired' }
  | { readonly type: 'restored' }
  | { readonly type: 'caught_up' }
  | { readonly type: 'drain' };

export const partitionLogic = setup({
  types: {
    context: {} as { readonly accounts: AccountActors },
    input: {} as Desk,
    events: {} as PartitionEvent,
  },
  actions: {
    deliver: ({ context, event }) => {
      if (event.type === 'ledger') context.accounts.deliver(event.batch);
    },
    replay: ({ context, event }) => {
      if (event.type === 'ledger') context.accounts.replay(event.batch);
    },
    openAll: ({ context }) => {
      context.accounts.openAll();
    },
    tick: ({ context, event }) => {
      if (event.type === 'tick') context.accounts.tick(event.tick, event.time, event.changes, event.held);
    },
  },
}).createMachine({
  id: 'partition',
  context: ({ input, self }) => ({ accounts: new AccountActors(input, self) }),
  initial: 'acquiring',
  states: {
    /** Another process owns the partition, or nobody yet: this one is its standby. */
    acquiring: { on: { acquired: 'restoring', drain: 'draining' } },
    /** What was known when the engine started. */
    restoring: {
      on: {
        ledger: { actions: 'replay' },
        restored: { target: 'catching_up', actions: 'openAll' },
        drain: 'draining',
      },
    },
    /** What came meanwhile. */
    catching_up: { on: { ledger: { actions: 'deliver' }, caught_up: 'live', drain: 'draining' } },
    live: { on: { ledger: { actions: 'deliver' }, tick: { actions: 'tick' }, drain: 'draining' } },
    draining: {},
  },
});

export type PartitionActor = ActorRefFrom<typeof partitionLogic>;
