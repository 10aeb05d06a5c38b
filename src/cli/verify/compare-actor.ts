/**
 * One account as LEDGER makes it against what its live actor answers: the state hash first, and where that differs the
 * figures that it covers. Asks nobody.
 */
import type { AccountView } from '../../domain/account-view.ts';
import type { InspectReply } from '../../client/account-reply.ts';
import type { Differences } from './differences.ts';

/** Both at the same LEDGER sequence of the account. */
export function compareActor(ledger: AccountView, actor: InspectReply, differences: Differences): void {
  if (ledger.stateHash === actor.state_hash) return;
  const { accountId: account } = ledger;
  differences.actor(account, 'state hash', ledger.stateHash, actor.state_hash);
  const theirs = figuresOfActor(actor);
  const ours = figuresOfLedger(ledger);
  for (const what of new Set([...ours.keys(), ...theirs.keys()])) {
    const [expected, found] = [ours.get(what) ?? 'none', theirs.get(what) ?? 'none'];
    if (expected !== found) differences.actor(account, what, expected, found);
  }
}

function figuresOfLedger({ cash, positions }: AccountView): Map<string, string> {
  const figures = cashFigures(cash);
  for (const { symbol, quantity, costBasis, realizedPnl, fees } of positions) {
    addPosition(figures, symbol, [quantity, costBasis, realizedPnl, fees]);
  }
  return figures;
}

function figuresOfActor({ cash, positions }: InspectReply): Map<string, string> {
  const figures = cashFigures(cash);
  for (const { symbol, quantity, cost_basis, realized_pnl, fees } of positions) {
    addPosition(figures, symbol, [quantity, cost_basis, realized_pnl, fees]);
  }
  return figures;
}

function cashFigures(cash: Readonly<Record<string, number>>): Map<string, string> {
  return new Map(Object.entries(cash).map(([currency, minor]) => [`cash ${currency}`, String(minor)]));
}

const positionFigures = ['quantity', 'cost basis', 'realized', 'fees'] as const;

function addPosition(
  figures: Map<string, string>,
  symbol: string,
  values: readonly (string | number)[],
): void {
  positionFigures.forEach((name, i) => figures.set(`${symbol} ${name}`, String(values[i])));
}
