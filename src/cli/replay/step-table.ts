/** Steps of a replay as tables of a bounded number of rows, and the account at their end as a page. Text only. */
import { limits } from '../../../config/limits.ts';
import type { AccountView } from '../../domain/account-view.ts';
import type { SymbolTable } from '../../domain/symbol-table.ts';
import * as format from '../format.ts';
import { pairsText, tableText } from '../output.ts';
import { elementKey } from '../rebuild/ledger-only.ts';
import { eventText } from './event-text.ts';
import type { RecordedFigures } from './recorded-figures.ts';
import type { Step, StepEffect } from './step.ts';

type Exponents = Readonly<Record<string, number>>;

export interface RecordedStep extends Step {
  /** null: of a step that was applied, nothing is recorded. */
  readonly recorded: RecordedFigures | null;
}

export interface StepNames {
  readonly symbols: SymbolTable;
  /** Of the account. */
  readonly currency: string;
  readonly exponents: Exponents;
}

const right = (head: string) => ({ head, align: 'right' as const });

export function stepsTable(steps: readonly RecordedStep[], names: StepNames): string {
  return tableText(
    [
      right('ledger'),
      ...['time', 'id', 'event', 'outcome'].map((head) => ({ head })),
      ...['quantity', 'cash', 'realized', 'fees'].map(right),
      { head: '' },
      ...['booked in base', 'equity before', 'units', 'nav'].map(right),
    ],
    steps.map((step) => stepRow(step, names)),
  );
}

function stepRow(step: RecordedStep, { symbols, currency, exponents }: StepNames): string[] {
  const { event, effect, recorded } = step;
  return [
    elementKey(step.sequence, step.index),
    format.timeText(step.time),
    event !== null && 'id' in event ? event.id : '-',
    eventText(event, step.subject, symbols, currency, exponents),
    outcomeCell(step),
    ...(effect === null ? ['', '', '', '', ''] : effectCells(effect, exponents)),
    ...(effect === null ? ['', '', '', ''] : recordedCells(recorded, currency, exponents)),
  ];
}

function outcomeCell({ outcome, reason, detail }: Step): string {
  if (outcome !== 'rejected') return outcome;
  const text = `rejected: ${reason ?? ''}: ${detail ?? ''}`;
  return text.length > limits.cliCellCharsMax ? `${text.slice(0, limits.cliCellCharsMax - 1)}…` : text;
}

function effectCells(effect: StepEffect, exponents: Exponents): string[] {
  const { symbol, currency, quantityBefore, quantityAfter, cashEffect, realized, fees } = effect;
  const money = (minor: number): string =>
    currency === '' ? '-' : format.signedMoneyText(minor, currency, exponents);
  const quantity = `${format.decimalText(quantityBefore)} -> ${format.decimalText(quantityAfter)}`;
  return [symbol === '' ? '-' : quantity, money(cashEffect), money(realized), money(fees), currency];
}

function recordedCells(recorded: RecordedFigures | null, currency: string, exponents: Exponents): string[] {
  if (recorded === null) return ['not recorded', '', '', ''];
  const { realized_base, fees_base, income_base, flow_base } = recorded;
  const booked = [
    ['realized', realized_base],
    ['fees', fees_base],
    ['income', income_base],
    ['flow', flow_base],
  ] as const;
  // null waits for a rate; what is 0 was not booked at all, or came to nothing.
  const told = booked
    .filter(([, minor]) => minor !== 0)
    .map(([name, minor]) =>
      minor === null ? `${name} waits` : `${name} ${format.signedMoneyText(minor, currency, exponents)}`,
    );
  return [
    told.length === 0 ? '-' : told.join(', '),
    format.moneyText(recorded.equity_before, currency, exponents),
    recorded.units === null ? '-' : format.ratioText(recorded.units),
    format.ratioText(recorded.nav),
  ];
}

/** What LEDGER alone says of the account. */
export function stateText(a: AccountView, exponents: Exponents): string {
  const title = `account ${a.accountId}  ${a.currency}  ${a.state}`;
  const cash = Object.entries(a.cash).map(([currency, minor]): [string, string] => [
    currency,
    format.moneyText(minor, currency, exponents),
  ]);
  return [
    `${title}\n${'='.repeat(title.length)}`,
    cash.length === 0 ? 'No cash.' : `Cash\n${pairsText(cash)}`,
    a.positions.length === 0 ? 'No positions.' : positionsTable(a, exponents),
    pairsText([
      ['ledger sequence', String(a.sequence)],
      ['state hash', a.stateHash],
    ]),
  ].join('\n\n');
}

function positionsTable({ positions }: AccountView, exponents: Exponents): string {
  return tableText(
    [
      { head: 'symbol' },
      ...['quantity', 'average cost', 'cost', 'realized', 'fees'].map(right),
      { head: '' },
    ],
    positions.map((p) => [
      p.symbol,
      format.decimalText(p.quantity),
      format.decimalText(p.averageCost),
      format.moneyText(p.costBasis, p.currency, exponents),
      format.signedMoneyText(p.realizedPnl, p.currency, exponents),
      format.moneyText(p.fees, p.currency, exponents),
      p.currency,
    ]),
  );
}
