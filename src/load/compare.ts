/** Expected against found, figure by figure: what an engine answers, what it emitted, what ClickHouse has. */
import type { ExpectedAccount, ExpectedPosition } from './oracle.ts';
import { quantityScale, priceScale } from './plan.ts';

export interface Difference {
  readonly account: string;
  /** Who says otherwise: inspect, equity message, curve, settlements. */
  readonly where: string;
  readonly figure: string;
  readonly expected: string;
  readonly found: string;
}

type Json = Readonly<Record<string, unknown>>;

/** What a reply of `tidemark.inspect` says otherwise; null is an account that the engine does not know. */
export function inspectDifferences(expected: ExpectedAccount, reply: Json | null): Difference[] {
  const { account } = expected;
  if (reply === null) return [difference(account, 'inspect', 'account', 'known', 'unknown')];
  const found: Difference[] = totals(expected, reply, 'inspect');
  const positions = new Map(
    (reply['positions'] as Json[] | undefined)?.map((position) => [String(position['symbol']), position]),
  );
  for (const position of expected.positions) {
    const where = `inspect ${position.symbol}`;
    const reported = positions.get(position.symbol);
    positions.delete(position.symbol);
    if (reported === undefined) found.push(difference(account, where, 'position', 'there', 'missing'));
    else found.push(...unequal(account, where, positionFigures(position), reported));
  }
  for (const symbol of positions.keys()) {
    found.push(difference(account, `inspect ${symbol}`, 'position', 'none', 'there'));
  }
  return found;
}

/** What a message of `equity.<account>` says otherwise; '' where none came. */
export function messageDifferences(expected: ExpectedAccount, text: string): Difference[] {
  if (text === '') return [difference(expected.account, 'equity', 'message', 'one', 'none')];
  return totals(expected, JSON.parse(text) as Json, 'equity');
}

/** The last row of the curve: figures, and that it is of the tick that was emitted last. */
export function curveDifferences(expected: ExpectedAccount, text: string, row: Json | null): Difference[] {
  if (row === null) return [difference(expected.account, 'curve', 'row', 'one', 'none')];
  const emitted = text === '' ? {} : (JSON.parse(text) as Json);
  return [
    ...totals(expected, row, 'curve'),
    ...unequal(expected.account, 'curve', { tick: String(emitted['tick']) }, row),
  ];
}

export interface SettlementCounts {
  /** Of the table `settlements`, of one account. */
  readonly rows: number;
  readonly distinct: number;
  readonly realized: string;
}

export function settlementDifferences(
  expected: ExpectedAccount,
  counted: SettlementCounts | null,
): Difference[] {
  const { account, settlements } = expected;
  const { rows = 0, distinct = 0, realized = '0' } = counted ?? {};
  const found: Difference[] = [];
  const check = (figure: string, wanted: string, is: string): void => {
    if (wanted !== is) found.push(difference(account, 'settlements', figure, wanted, is));
  };
  check('rows', String(settlements), String(rows));
  check('distinct ids', String(settlements), String(distinct));
  check('realized', String(expected.realized), realized);
  return found;
}

function totals(expected: ExpectedAccount, found: Json, where: string): Difference[] {
  return unequal(expected.account, where, totalFigures(expected), found);
}

function totalFigures(expected: ExpectedAccount): Record<string, string> {
  return {
    total_equity: String(expected.totalEquity),
    cash_balance: String(expected.cash),
    position_value: String(expected.positionValue),
    unrealized_pnl: String(expected.unrealized),
    realized_pnl: String(expected.realized),
    fees: String(expected.fees),
    net_flow: String(expected.netFlow),
    sequence: String(expected.sequence),
  };
}

function positionFigures(expected: ExpectedPosition): Record<string, string> {
  return {
    quantity: plain(expected.quantity, quantityScale),
    mark: plain(expected.price, priceScale),
    cost_basis: String(expected.cost),
    market_value: String(expected.marketValue),
    unrealized_pnl: String(expected.marketValue - expected.cost),
    realized_pnl: String(expected.realized),
    fees: String(expected.fees),
  };
}

/** Numbers and decimals by their text: whoever writes 1e3 or "1.50" differs. */
function unequal(
  account: string,
  where: string,
  expected: Readonly<Record<string, string>>,
  found: Json,
): Difference[] {
  const differences: Difference[] = [];
  for (const [figure, wanted] of Object.entries(expected)) {
    const is = String(found[figure]);
    if (is !== wanted) differences.push(difference(account, where, figure, wanted, is));
  }
  return differences;
}

function difference(
  account: string,
  where: string,
  figure: string,
  expected: string,
  found: string,
): Difference {
  return { account, where, figure, expected, found };
}

/** (12345000n, 4) is "1234.5". */
function plain(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const whole = digits.slice(0, -scale);
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
