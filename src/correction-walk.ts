/**
 * A walk over an account's past as ClickHouse has it: what is corrected and from when on, the row before, then rows,
 * effects and prices in order. Joins what reads them with the pure walk; writes nothing.
 */
import type { Config } from '../config/load.ts';
import { periodMs } from '../config/period.ts';
import { backdatedFlows, effectRecords } from './analytics/corrections/effect-records.ts';
import {
  correctionsOf,
  factsOf,
  instrumentsOf,
  type AccountFacts,
} from './analytics/corrections/account-corrections.ts';
import { recordedRows, rowsBefore } from './analytics/corrections/curve-rows.ts';
import { priceRecords } from './analytics/corrections/price-records.ts';
import { walkThrough } from './corrections/history-order.ts';
import { HistoryWalk, type WalkEnd } from './corrections/history-walk.ts';
import { keyOf } from './corrections/records.ts';
import type { Reader } from './analytics/corrections/select.ts';
import type { CurveRow } from './domain/equity-update.ts';
import { InstrumentTable, type InstrumentFields } from './domain/instrument.ts';
import { minutesOf, SessionCalendar } from './domain/session-day.ts';
import { SymbolTable } from './domain/symbol-table.ts';

/** What a walk needs of the configuration. */
export interface WalkSettings {
  /** Of the curve; 0: ticks. */
  readonly resolutionMs: number;
  readonly marksAtExit: boolean;
  readonly pivot: string;
  /** Decimals of currencies that are not by ISO 4217. */
  readonly exponents: Readonly<Record<string, number>>;
  readonly dustMinor: number;
  readonly instruments: Readonly<Record<string, InstrumentFields>>;
  /** Of accounts that say nothing else. */
  readonly accounts: AccountFacts;
}

export function walkSettingsOf(config: Config): WalkSettings {
  const { accounts, curve } = config;
  return {
    resolutionMs: curve.resolution === 'tick' ? 0 : periodMs(curve.resolution),
    marksAtExit: config.prices.mark === 'exit',
    pivot: config.fx.pivot,
    exponents: config.currencies,
    dustMinor: config.performance.dust_minor,
    instruments: config.instruments,
    accounts: {
      baseCurrency: accounts.base_currency,
      timezone: accounts.timezone,
      cutover: accounts.cutover,
    },
  };
}

export interface WalkBounds {
  /** LEDGER sequence of the last correction of which the rows are written. */
  readonly since: number;
  /** Corrections, effects and rows from this LEDGER sequence on are not looked at: those of a rebase to be written. */
  readonly before: number;
}

export interface WalkedPast {
  /** When history changes, milliseconds. */
  readonly begin: number;
  /** From here on rows are rewritten: no later, at the beginning of a session day and of an hour. */
  readonly from: number;
  readonly end: WalkEnd | null;
}

const hourMs = 3_600_000;

/**
 * @param take each corrected row, which is reused; what it answers is waited for before the next recorded one
 * @returns null where nothing is corrected
 */
export async function walkPast(
  client: Reader,
  account: string,
  bounds: WalkBounds,
  settings: WalkSettings,
  take: (row: CurveRow, from: number, begin: number) => void,
  after: () => Promise<void> | undefined,
): Promise<WalkedPast | null> {
  const { since, before } = bounds;
  const corrections = await correctionsOf(client, account, since, before);
  const { begin, voided } = corrections;
  if (Number.isNaN(begin)) return null;
  const facts = await factsOf(client, account, settings.accounts);
  const calendar = new SessionCalendar(facts.timezone, minutesOf(facts.cutover) ?? 0);
  const from = startOfHistory(calendar, begin);
  const symbols = [
    ...new Set([
      ...corrections.symbols,
      ...rateSymbols(corrections.currencies, facts.baseCurrency, settings.pivot),
    ]),
  ];
  const instruments = new InstrumentTable(new SymbolTable(), settings.exponents);
  const known = await instrumentsOf(client, symbols);
  for (const name of symbols) {
    const fields = known.get(name) ?? settings.instruments[name];
    const symbol = instruments.symbols.intern(name);
    if (fields !== undefined) instruments.set(symbol, fields);
  }
  const backdated = await backdatedFlows(client, account, before, instruments, (id) =>
    voided.has(keyOf('cash', id)),
  );
  const last = await rowsBefore(client, account, from);
  const walk = new HistoryWalk({
    account,
    market: {
      baseCurrency: facts.baseCurrency,
      instruments,
      pivot: settings.pivot,
      marksAtExit: settings.marksAtExit,
    },
    calendar,
    dustMinor: settings.dustMinor,
    corrections: { voided, backdated },
    from: last,
    emit: (row) => {
      take(row, from, begin);
    },
  });
  const history = {
    rows: recordedRows(client, account, from, before),
    effects: effectRecords(client, account, before, instruments),
    prices: priceRecords(client, symbols, Math.max(0, last?.corrected.timestamp ?? 0), instruments),
  };
  await walkThrough(walk, history, settings.resolutionMs, after);
  return { begin, from, end: walk.end() };
}

/**
 * No session day, no hour and no UTC day named as its session's date is cut in two: each is of one version as a whole,
 * as rollups have them.
 */
export function startOfHistory(calendar: SessionCalendar, begin: number): number {
  const midnight = Date.parse(calendar.dateOf(begin));
  const earliest = Math.min(begin, calendar.startOf(begin), midnight);
  return Math.floor(earliest / hourMs) * hourMs;
}

/** What may be a rate between each of the currencies and the base. */
function rateSymbols(currencies: ReadonlySet<string>, base: string, pivot: string): string[] {
  return [...currencies].flatMap((currency) => {
    if (currency === base || currency === '') return [];
    const pairs = [
      [currency, base],
      [currency, pivot],
      [pivot, base],
    ] as const;
    return pairs.filter(([a, b]) => a !== b).flatMap(([a, b]) => [a + b, b + a]);
  });
}
