/** `latency`: from a price published to the equity received, by the load test itself at a tick of 10 ms. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';

const command = fileURLToPath(new URL('../../bin/tidemark.mjs', import.meta.url));
const options = ['--rate', '100000', '--settlements', '1000', '--seconds', '60', '--warmup', '5'];
const targets: Readonly<Record<string, string>> = { '50': '< 12 ms', '99': '< 25 ms', '99.9': '< 50 ms' };

interface Report {
  readonly pricesASecond: number;
  readonly latency: { readonly ms: Readonly<Record<string, number>> };
}

export async function run(): Promise<BenchRow[]> {
  const child = spawn(process.execPath, [command, 'load', '--json', ...options], {
    env: { ...process.env, TIDEMARK_TICK_INTERVAL_MS: '10' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the load test ended with ${String(code)}: ${output.slice(-1000)}`);
  const { latency, pricesASecond } = JSON.parse(output) as Report;
  const rate = `${Math.round(pricesASecond / 1000)},000 prices/s, tick of 10 ms`;
  return Object.entries(targets).map(([percent, target]) => ({
    part: 'latency',
    measure: `p${percent} from a price to equity.*, ${rate}`,
    value: Number((latency.ms[percent] ?? NaN).toFixed(1)),
    unit: 'ms',
    target,
  }));
}
