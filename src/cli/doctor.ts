/** `tidemark doctor`: whether everything is well, and what to do where it is not. Owns the table, not the checks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ConfigError } from '../../config/load.ts';
import { limits } from '../../config/limits.ts';
import { configOf, exitCodes, wantsJson } from './context.ts';
import type { Check } from './doctor-checks.ts';
import { withExamples } from './examples.ts';
import { print, printJson, tableText } from './output.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description('Check this machine, the configuration and everything that runs, and say what to do.')
    .action(async (_options: object, self: Command) => {
      const findings = await examine(self);
      if (wantsJson(self)) printJson(findings);
      else print(findingsText(findings));
      if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.failed;
    });
  withExamples(command, 'doctor', 'doctor --json');
}

async function examine(self: Command): Promise<Finding[]> {
  const node: Finding = {
    check: 'Node',
    ok: true,
    detail: `${process.version}, ${process.platform} ${process.arch}`,
  };
  try {
    const config = configOf(self);
    const { checksOf } = await import('./doctor-checks.ts');
    const findings = [node, { check: 'configuration', ok: true, detail: 'no errors' }];
    for (const check of checksOf(config)) {
      const isLost = findings.some(({ check: name, ok }) => name === check.needs && !ok);
      findings.push(
        isLost ? { check: check.name, ok: false, detail: `see ${check.needs ?? ''}` } : await finding(check),
      );
    }
    return findings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [node, { check: 'configuration', ok: false, detail: error.message }];
  }
}

async function finding(check: Check): Promise<Finding> {
  const done = new AbortController();
  const bound = sleep(limits.doctorCheckMsMax, undefined, { signal: done.signal }).then(() => {
    throw new Error(`no answer within ${limits.doctorCheckMsMax / 1000} s`);
  });
  bound.catch(() => undefined);
  try {
    return { check: check.name, ok: true, detail: await Promise.race([check.run(), bound]) };
  } catch (error) {
    return { check: check.name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    done.abort();
  }
}

function findingsText(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, ok, detail }) => [check, ok ? 'ok' : 'FAILED', detail]);
  const failed = findings.filter(({ ok }) => !ok).length;
  const last = failed === 0 ? 'Everything is well.' : `${failed} of ${findings.length} failed.`;
  return `${tableText([{ head: 'check' }, { head: 'result' }, { head: 'detail' }], rows)}\n\n${last}`;
}
