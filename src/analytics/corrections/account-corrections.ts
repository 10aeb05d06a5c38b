/**
 * What is corrected of an account, and what a walk over its past needs to know beside its rows: which events were voided,
 * which flows dated back, whose prices count, and from when on history is another.
 */
import { limits } from '../../../config/limits.ts';
import type { InstrumentFields } from '../../domain/instrument.ts';
import { keyOf } from '../../corrections/records.ts';
import { figure, select, text, type Row, type Reader } from './select.ts';

export interface AccountFacts {
  readonly baseCurrency: string;
  readonly timezone: string;
  /** HH:MM. */
  readonly cutover: string;
}

export interface AccountCorrections {
  readonly voided: ReadonlySet<string>;
  /** Symbols of settlements that were voided, of transfers, and of what may be a rate between their currencies. */
  readonly symbols: readonly string[];
  readonly currencies: ReadonlySet<string>;
  /** The earliest moment that any correction of after `since` changes, milliseconds; NaN where there is none. */
  readonly begin: number;
}

/** An account cannot be corrected: no waiting mends that. */
export class Uncorrectable extends Error {}

const correcting = `account_id = {account:String} AND sequence < {before:UInt64}
  AND (kind = 'void' OR (kind IN ('deposit', 'withdrawal') AND effective_at < ts))`;

/**
 * Those whose events are before a LEDGER sequence.
 * @param since LEDGER sequence of the last correction of which the rows are written
 */
export async function correctionsOf(
  client: Reader,
  account: string,
  since: number,
  before: number,
): Promise<AccountCorrections> {
  const made = await select(
    client,
    `SELECT sequence, kind, splitByChar('.', subject)[1], detail, toUnixTimestamp64Milli(effective_at), currency
     FROM effects WHERE ${correcting} ORDER BY account_id, sequence, idx LIMIT {max:UInt32}`,
    { account, before, max: limits.correctionsPerAccountMax + 1 },
  );
  if (made.length > limits.correctionsPerAccountMax) {
    throw new Uncorrectable(`more than ${limits.correctionsPerAccountMax} corrections`);
  }
  const events = await select(
    client,
    `SELECT id, kind, toUnixTimestamp64Milli(least(ts, ifNull(effective_at, ts))), symbol, currency, to_currency, fee_currency
     FROM effects
     WHERE account_id = {account:String} AND sequence < {before:UInt64} AND kind NOT IN ('void', 'rejected', 'booked', 'rebase')
       AND (kind = 'transfer' OR id IN (SELECT detail FROM effects WHERE account_id = {account:String} AND kind = 'void'))`,
    { account, before },
  );
  const voided = new Set<string>();
  const currencies = new Set<string>();
  const symbols = new Set<string>();
  const startOf = new Map<string, number>();
  for (const row of events) {
    startOf.set(keyOf(areaOf(text(row[1])), text(row[0])), figure(row[2]));
    if (row[3] !== '') symbols.add(text(row[3]));
    for (const at of [4, 5, 6]) if (row[at] !== '') currencies.add(text(row[at]));
  }
  let begin = Infinity;
  for (const row of made) {
    const isVoid = row[1] === 'void';
    const key = keyOf(row[2] === 'settlements' ? 'settlements' : 'cash', text(row[3]));
    if (isVoid) voided.add(key);
    currencies.add(text(row[5]));
    const start = isVoid ? (startOf.get(key) ?? NaN) : figure(row[4]);
    if (figure(row[0]) > since && start < begin) begin = start;
  }
  return { voided, currencies, symbols: [...symbols], begin: begin === Infinity ? NaN : begin };
}

/** `defaults` where ClickHouse does not know the account. */
export async function factsOf(
  client: Reader,
  account: string,
  defaults: AccountFacts,
): Promise<AccountFacts> {
  const [row] = await select(
    client,
    'SELECT base_currency, timezone, cutover FROM accounts WHERE account_id = {account:String}',
    { account },
  );
  if (row === undefined) return defaults;
  const [baseCurrency, timezone, cutover] = row.map(text);
  return {
    baseCurrency: baseCurrency === '' || baseCurrency === undefined ? defaults.baseCurrency : baseCurrency,
    timezone: timezone === '' || timezone === undefined ? defaults.timezone : timezone,
    cutover: cutover === '' || cutover === undefined ? defaults.cutover : cutover,
  };
}

/** Reference data as last known; symbols that are missing have the defaults. */
export async function instrumentsOf(
  client: Reader,
  symbols: readonly string[],
): Promise<Map<string, InstrumentFields>> {
  const found = new Map<string, InstrumentFields>();
  for (let from = 0; from < symbols.length; from += limits.correctionSymbolsInQuery) {
    const some = symbols.slice(from, from + limits.correctionSymbolsInQuery);
    const rows = await select(
      client,
      `SELECT symbol, currency, price_scale, quantity_scale, toString(multiplier), style
       FROM instruments WHERE symbol IN (${some.map((_, i) => `{s${i}:String}`).join(', ')})`,
      Object.fromEntries(some.map((symbol, i) => [`s${i}`, symbol])),
    );
    for (const row of rows) found.set(text(row[0]), fieldsOf(row));
  }
  return found;
}

function fieldsOf(row: Row): InstrumentFields {
  return {
    currency: text(row[1]),
    price_scale: figure(row[2]),
    quantity_scale: figure(row[3]),
    multiplier: text(row[4]),
    style: row[5] === 'margined' ? 'margined' : 'spot',
  };
}

function areaOf(kind: string): 'settlements' | 'cash' {
  return kind === 'fill' || kind === 'transfer' ? 'settlements' : 'cash';
}
