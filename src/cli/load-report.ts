/** How a load test reads: progress in a line, rates, latencies and the verdict at the end. Text only. */
import { limits } from '../../config/limits.ts';
import { shownPercentiles } from '../load/percentiles.ts';
import type { LoadProgress, LoadReport } from '../load/run.ts';
import type { Verdict } from '../load/verify.ts';
import { countText } from './format.ts';
import { tableText } from './output.ts';

export function progressText(progress: LoadProgress): string {
  const { phase, second, seconds, prices, settlements, messages, p50, p99 } = progress;
  if (seconds === 0) return phase === 'opening' ? 'opening accounts' : 'checking every account';
  const latency = p50 === null || p99 === null ? '' : `, p50 ${msText(p50)} ms, p99 ${msText(p99)} ms`;
  const count = (n: number): string => countText(n).padStart(7);
  return `${phase} ${second}/${seconds} s: ${count(prices)} prices, ${countText(settlements)} settlements, ${count(messages)} equity messages${latency}`;
}

export function reportText(report: LoadReport): string {
  const { plan, latency, afterTickMs, verdict } = report;
  const right = (head: string) => ({ head, align: 'right' as const });
  const rates = tableText(
    [{ head: 'load' }, right('asked a second'), right('achieved a second'), right('in all')],
    [
      [
        'prices',
        countText(plan.rate),
        countText(Math.round(report.pricesASecond)),
        countText(report.pricesSent),
      ],
      [
        'settlements acknowledged',
        countText(plan.settlements),
        countText(Math.round(report.settlementsASecond)),
        countText(report.settlementsSent),
      ],
      [
        'equity messages',
        '',
        countText(Math.round(report.messagesASecond)),
        countText(report.messagesReceived),
      ],
    ],
  );
  const latencies = tableText(
    [
      { head: 'latency, ms' },
      ...shownPercentiles.map((p) => right(p === 100 ? 'max' : `p${p}`)),
      right('samples'),
    ],
    [
      [
        'price published -> equity received',
        ...shownPercentiles.map((p) => msText(latency.ms[String(p)] ?? NaN)),
        countText(latency.count),
      ],
      [
        'tick -> equity received, every account',
        ...shownPercentiles.map((p) => msText(afterTickMs[String(p)] ?? NaN)),
        '',
      ],
    ],
  );
  const unseen = latency.unseen === 0 ? [] : [`${countText(latency.unseen)} probe prices were never seen.`];
  return [rates, latencies, ...unseen, ...differencesText(verdict), verdictText(verdict)].join('\n\n');
}

export function verdictText({ agreeing, accounts, lost, doubled }: Verdict): string {
  return `${countText(agreeing)} of ${countText(accounts)} accounts agree to the cent; ${countText(lost)} lost, ${countText(doubled)} doubled`;
}

export function hasPassed({ verdict }: LoadReport): boolean {
  const { agreeing, accounts, lost, doubled, differences } = verdict;
  return agreeing === accounts && lost === 0 && doubled === 0 && differences.length === 0;
}

function differencesText({ differences }: Verdict): string[] {
  if (differences.length === 0) return [];
  const shown = differences.slice(0, limits.loadDifferencesShown);
  const table = tableText(
    [
      { head: 'account' },
      { head: 'where' },
      { head: 'figure' },
      { head: 'expected', align: 'right' },
      { head: 'found', align: 'right' },
    ],
    shown.map(({ account, where, figure, expected, found }) => [account, where, figure, expected, found]),
  );
  const more = differences.length - shown.length;
  return [more === 0 ? table : `${table}\nand ${countText(more)} more`];
}

function msText(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 1);
}
