/**
 * States of an account's life as the ledger stores them, one byte each. Which event leads where is the statechart's
 * business (actors/account-lifecycle.ts); the ledger is given it as a table.
 */
export const lifecycleStates = ['pending', 'active.healthy', 'suspended', 'closed'] as const;
export type LifecycleState = (typeof lifecycleStates)[number];
export const pendingState = 0;
export const closedState = 3;

export const lifecycleEvents = ['settled', 'open', 'suspend', 'resume', 'close'] as const;
export type LifecycleEvent = (typeof lifecycleEvents)[number];

/** The state after the event; the same state where the event leads nowhere. */
export type LifecycleChart = (state: number, event: LifecycleEvent) => number;
