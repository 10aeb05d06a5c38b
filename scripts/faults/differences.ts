/** Expected against found, figure by figure, of one account: what the engine answers, what it emitted, what rows say. */
import type { Difference } from '../../src/load/compare.ts';
import type { ExpectedAccount } from './expected.ts';
import type { Json } from './installation.ts';

const totals = [
  'sequence',
  'total_equity',
  'cash_balance',
  'position_value',
  'unrealized_pnl',
  'realized_pnl',
  'fees',
  'income',
  'net_flow',
] as const;
/** A message of `equity.*` has no income. */
const emittedTotals = totals.filter((figure) => figure !== 'income');
const ofPosition = [
  'quantity',
  'cost_basis',
  'mark',
  'market_value',
  'unrealized_pnl',
  'realized_pnl',
  'realized_pnl_base',
  'fees',
  'fees_base',
] as const;

/** null: the engine does not know the account. */
export function inspectDifferences(expected: ExpectedAccount, found: Json | null): Difference[] {
  const account = expected.account_id;
  if (found === null)
    return [{ account, where: 'inspect', figure: 'account', expected: 'known', found: 'unknown' }];
  const differences = unequal(account, 'inspect', totals, expected, found);
  const cash = found['cash'] as Json;
  for (const [currency, amount] of Object.entries(expected.cash)) {
    differences.push(
      ...unequal(
        account,
        'inspect cash',
        [currency],
        { [currency]: amount },
        { [currency]: cash[currency] ?? 0 },
      ),
    );
  }
  const positions = new Map((found['positions'] as Json[]).map((each) => [String(each['symbol']), each]));
  for (const position of expected.positions) {
    const reported = positions.get(position.symbol) ?? {};
    positions.delete(position.symbol);
    differences.push(...unequal(account, `inspect ${position.symbol}`, ofPosition, position, reported));
  }
  for (const symbol of positions.keys()) {
    differences.push({
      account,
      where: `inspect ${symbol}`,
      figure: 'position',
      expected: 'none',
      found: 'there',
    });
  }
  return differences;
}

/** The last message of `equity.<account>`; '' where none came. */
export function emittedDifferences(expected: ExpectedAccount, text: string): Difference[] {
  const emitted = text === '' ? {} : (JSON.parse(text) as Json);
  return unequal(expected.account_id, 'equity', emittedTotals, expected, emitted);
}

/** The last row of the curve: the figures of the live actor, at the tick that was emitted last. */
export function curveDifferences(expected: ExpectedAccount, text: string, row: Json): Difference[] {
  const account = expected.account_id;
  const { tick } = text === '' ? { tick: undefined } : (JSON.parse(text) as Json);
  return [
    ...unequal(account, 'curve', totals, expected, row),
    ...unequal(account, 'curve', ['tick'], { tick }, row),
  ];
}

/** Numbers by their text: whoever writes 1e3 or "1.50" differs. */
export function unequal(
  account: string,
  where: string,
  figures: readonly string[],
  expected: object,
  found: Json,
): Difference[] {
  return figures.flatMap((figure): Difference[] => {
    const wanted = String((expected as Json)[figure]);
    const is = String(found[figure]);
    return wanted === is ? [] : [{ account, where, figure, expected: wanted, found: is }];
  });
}
