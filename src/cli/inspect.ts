/** `tidemark inspect`: everything the engine knows of one account, as of now. */
import type { Command } from 'commander';
import {
  inspectText,
  unknownAccount,
  type InspectReply,
  type PositionFigures,
} from '../client/account-reply.ts';
import { withNats } from '../client/nats.ts';
import { accountArgument } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import * as format from './format.ts';
import { pairsText, print, tableText } from './output.ts';

type Exponents = Readonly<Record<string, number>>;

export function register(program: Command): void {
  const command = program
    .command('inspect')
    .description('Show an account: state, cash, positions, totals, drawdown, ledger sequence, state hash.')
    .argument('<account>', 'account id', accountArgument)
    .action(async (account: string, _: object, self: Command) => {
      const config = configOf(self);
      const text = await withNats(config, (nats) => inspectText(nats, account));
      if (text === null) throw unknownAccount(account);
      print(
        wantsJson(self) ? text : inspection(JSON.parse(text) as InspectReply, Date.now(), config.currencies),
      );
    });
  withExamples(command, 'inspect 7', 'inspect 7 --json | jq .total_equity');
}

/** The account as a page of text; `now` is what the ages of marks are counted to. */
export function inspection(a: InspectReply, now: number, exponents: Exponents): string {
  const title = [`account ${a.account_id}`, ...(a.name ? [a.name] : []), a.state, a.currency].join('  ');
  const sections = [
    `${title}\n${'='.repeat(title.length)}`,
    pairsText(totals(a, exponents)),
    pairsText(performance(a, exponents)),
    `Cash\n${pairsText(cash(a, exponents))}`,
    a.positions.length === 0 ? 'No positions.' : positionsTable(a.positions, now, exponents),
    ...warnings(a),
    pairsText([
      ['ledger sequence', String(a.sequence)],
      ['state hash', a.state_hash],
      ['tick', `${a.tick} (${format.timeText(a.timestamp)})`],
    ]),
  ];
  return sections.join('\n\n');
}

function totals(a: InspectReply, exponents: Exponents): [string, string][] {
  const money = (minor: number): string => format.moneyText(minor, a.currency, exponents);
  return [
    ['total equity', money(a.total_equity)],
    ['cash balance', money(a.cash_balance)],
    ['position value', money(a.position_value)],
    ['available cash', money(a.available_cash)],
    ['net flow', money(a.net_flow)],
    ['realized P&L', money(a.realized_pnl)],
    ['unrealized P&L', money(a.unrealized_pnl)],
    ['income', money(a.income)],
    ['fees', money(a.fees)],
    ['FX P&L', money(a.fx_pnl)],
    ...(a.borrowed === 0 ? [] : [['borrowed', money(a.borrowed)] as [string, string]]),
  ];
}

function performance(a: InspectReply, exponents: Exponents): [string, string][] {
  const money = (minor: number): string => format.signedMoneyText(minor, a.currency, exponents);
  return [
    ['day change', money(a.day_change)],
    ['day change %', format.signedPercentText(a.day_change_percent)],
    ['NAV', format.ratioText(a.nav)],
    ['peak NAV', format.ratioText(a.peak_nav)],
    ['drawdown', format.percentText(a.drawdown)],
    ['drawdown in money', money(a.drawdown_money)],
    ['max drawdown', format.percentText(a.max_drawdown)],
    ...(a.epoch > 1
      ? [['max drawdown of life', format.percentText(a.max_drawdown_life)] as [string, string]]
      : []),
  ];
}

function cash(a: InspectReply, exponents: Exponents): [string, string][] {
  const pockets = Object.entries(a.cash);
  return pockets.length === 0
    ? [['none', '']]
    : pockets.map(([currency, minor]) => [currency, format.moneyText(minor, currency, exponents)]);
}

function positionsTable(positions: readonly PositionFigures[], now: number, exponents: Exponents): string {
  const right = (head: string) => ({ head, align: 'right' as const });
  return tableText(
    [
      { head: 'symbol' },
      ...['quantity', 'average cost', 'mark', 'age', 'market value'].map(right),
      { head: '' },
      ...['unrealized', 'realized', 'weight'].map(right),
    ],
    positions.map((p) => [
      p.symbol,
      format.decimalText(p.quantity),
      format.decimalText(p.average_cost),
      format.decimalText(p.mark),
      p.mark_ts === null ? '-' : format.durationText(Math.max(0, now - p.mark_ts) / 1000),
      format.moneyText(p.market_value, p.currency, exponents),
      p.currency,
      format.signedMoneyText(p.unrealized_pnl, p.currency, exponents),
      format.signedMoneyText(p.realized_pnl, p.currency, exponents),
      format.percentText(p.weight),
    ]),
  );
}

function warnings(a: InspectReply): string[] {
  return [
    ...(a.unpriced.length > 0 ? [`Without a price: ${a.unpriced.join(', ')}.`] : []),
    ...(a.stale.length > 0 ? [`With a stale price: ${a.stale.join(', ')}.`] : []),
    ...(a.rebase_pending
      ? ['History was corrected: NAV, peak and drawdown stand still until the rebase that is on its way.']
      : []),
    ...(a.wiped_out ? ['Wiped out: NAV is 0 until a deposit makes equity positive.'] : []),
  ];
}
