/** Steps of a replay and the account at their end as JSON: decimals as strings, money in minor units. */
import type { AccountView } from '../../domain/account-view.ts';
import type { LedgerEvent } from '../../domain/ledger-event.ts';
import { eventText } from './event-text.ts';
import type { RecordedStep, StepNames } from './step-table.ts';

export function stepJson(step: RecordedStep, { symbols, currency, exponents }: StepNames): object {
  const { event, effect, recorded } = step;
  return {
    sequence: step.sequence,
    index: step.index,
    time: step.time,
    subject: step.subject,
    kind: event?.kind ?? null,
    id: event !== null && 'id' in event ? event.id : null,
    ...(event?.kind === 'void' ? { of: event.of } : {}),
    what: eventText(event, step.subject, symbols, currency, exponents),
    outcome: step.outcome,
    ...(step.reason === null ? {} : { reason: step.reason, detail: step.detail }),
    ...(effect === null
      ? {}
      : {
          ...(effect.symbol === '' ? {} : { symbol: effect.symbol }),
          ...(effect.symbol === ''
            ? {}
            : { quantity_before: effect.quantityBefore, quantity_after: effect.quantityAfter }),
          ...(isAdmin(event)
            ? {}
            : {
                currency: effect.currency,
                cash_effect: effect.cashEffect,
                realized: effect.realized,
                fees: effect.fees,
              }),
          recorded,
        }),
  };
}

function isAdmin(event: LedgerEvent | null): boolean {
  return event !== null && !('id' in event);
}

/** What LEDGER alone says of the account. */
export function stateJson(a: AccountView): object {
  return {
    sequence: a.sequence,
    state: a.state,
    currency: a.currency,
    cash: a.cash,
    positions: a.positions.map((p) => ({
      symbol: p.symbol,
      quantity: p.quantity,
      average_cost: p.averageCost,
      cost_basis: p.costBasis,
      realized_pnl: p.realizedPnl,
      fees: p.fees,
      currency: p.currency,
    })),
    state_hash: a.stateHash,
  };
}
