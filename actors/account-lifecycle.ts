/**
 * The life of an account as a statechart. Its state is one byte of the ledger's columns, so that 100,000 accounts cost
 * no machines: the chart is asked once for every (state, event) and answers from a table from then on.
 * Margin states join `active`, and reconciliation stands beside it as a parallel region, with their issues.
 */
import { createMachine, transition } from 'xstate';
import type { LifecycleChart, LifecycleState } from '../src/domain/lifecycle.ts';
import { lifecycleEvents, lifecycleStates } from '../src/domain/lifecycle.ts';

export const accountLifecycle = createMachine({
  id: 'account',
  initial: 'pending',
  states: {
    /** Opened, nothing settled. */
    pending: { on: { settled: 'active', suspend: 'suspended', close: 'closed' } },
    active: {
      initial: 'healthy',
      states: { healthy: {} },
      on: { suspend: 'suspended', close: 'closed' },
    },
    /** Commands are refused; facts are applied. */
    suspended: { on: { resume: 'active', close: 'closed' } },
    /** A later fact is dead-lettered, until an operator opens the account again. */
    closed: { on: { open: 'pending' } },
  },
});

/** "active.healthy" for the state value { active: "healthy" }. */
export function statePath(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([state, inner]) => `${state}.${statePath(inner)}`)
    .join('|');
}

/** The chart as a table of the states that the ledger stores. */
export function lifecycleTable(): LifecycleChart {
  const events = lifecycleEvents.length;
  const table = new Uint8Array(lifecycleStates.length * events);
  lifecycleStates.forEach((state, from) => {
    const value = state.includes('.') ? { [state.split('.')[0] ?? '']: state.split('.')[1] } : state;
    const snapshot = accountLifecycle.resolveState({ value: value });
    lifecycleEvents.forEach((type, event) => {
      const [after] = transition(accountLifecycle, snapshot, { type });
      const next = statePath(after.value);
      table[from * events + event] = lifecycleStates.indexOf(next as LifecycleState);
    });
  });
  return (state, event) => table[state * events + lifecycleEvents.indexOf(event)] ?? state;
}
