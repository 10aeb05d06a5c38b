/**
 * What every command starts from: the configuration, whether to answer in JSON, and how to end. Knows no command.
 */
import type { Command } from 'commander';
import { loadConfig, type Config } from '../../config/load.ts';

export { Failure, UsageError } from '../failure.ts';

/** Exit codes of every command. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The configuration by --config, TIDEMARK_CONFIG and TIDEMARK_* variables. Throws ConfigError. */
export function configOf(command: Command): Config {
  return loadConfig({ file: configFileOf(command), env: process.env });
}

export function configFileOf(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalOptions>().config;
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<GlobalOptions>().json === true;
}
