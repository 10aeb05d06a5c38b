/** `tidemark alerts`: what the engine found to be wrong, and whether it still is. */
import type { Command } from 'commander';
import { limits } from '../../config/limits.ts';
import { alertKinds, type AlertKind } from '../domain/alert-kind.ts';
import { newestAlerts, type AlertEntry } from '../client/alert-stream.ts';
import { withNats } from '../client/nats.ts';
import { accountArgument, choiceOption, countOption } from './arguments.ts';
import { configOf, wantsJson } from './context.ts';
import { withExamples } from './examples.ts';
import { timeText } from './format.ts';
import { note, print, printJson, tableText } from './output.ts';

interface Options {
  readonly limit: number;
  readonly kind?: AlertKind;
  readonly account?: string;
  readonly all?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('alerts')
    .description('List the alerts that are raised, newest first.')
    .option('--all', 'also those that were cleared')
    .option('--kind <kind>', 'only those of a kind', choiceOption(...alertKinds))
    .option('--account <account>', 'only those of an account', accountArgument)
    .option('--limit <n>', 'list at most so many', countOption, limits.cliAlertsShown)
    .action(async (options: Options, self: Command) => {
      const alerts = await withNats(configOf(self), (nats) => newestAlerts(nats, options.limit, options));
      if (wantsJson(self)) printJson(alerts);
      else if (alerts.length === 0) print('no alerts');
      else {
        print(alertsTable(alerts, options.all === true));
        if (alerts.length === options.limit) note(`the newest ${alerts.length}; --limit shows more`);
      }
    });
  withExamples(command, 'alerts', 'alerts --all --account 7', 'alerts --kind overdraft --json');
}

function alertsTable(alerts: readonly AlertEntry[], withCleared: boolean): string {
  const cleared = withCleared ? [{ head: 'cleared' }] : [];
  const columns = [
    { head: 'raised' },
    ...cleared,
    { head: 'severity' },
    { head: 'kind' },
    { head: 'account' },
    { head: 'message' },
  ];
  const rows = alerts.map((alert) => [
    timeText(alert.raised_at),
    ...(withCleared ? [alert.cleared_at === null ? '' : timeText(alert.cleared_at)] : []),
    alert.severity,
    alert.kind,
    alert.account_id === '_' ? '' : alert.account_id,
    shortened(alert.message),
  ]);
  return tableText(columns, rows);
}

function shortened(text: string): string {
  return text.length > limits.cliCellCharsMax ? `${text.slice(0, limits.cliCellCharsMax - 1)}…` : text;
}
