/** `tidemark up` for a test file, and the commands that are run against it. Knows no command. */
import assert from 'node:assert/strict';
import { runTidemark, startUp, testInstallation, type TestInstallation, type Tidemark } from './tidemark.ts';

export type Json = Record<string, unknown>;

export interface RunningTidemark {
  readonly installation: TestInstallation;
  /** Runs a command to its end. */
  run(...args: string[]): ReturnType<typeof runTidemark>;
  /** The answer of a command that is to succeed. */
  json(...args: string[]): Promise<Json>;
  /** The answer of a command that is to fail with exit code 1, and what it says of it. */
  failing(...args: string[]): Promise<{ readonly answer: Json; readonly stderr: string }>;
  stop(): Promise<void>;
}

/** `env`: TIDEMARK_ variables beside ports and data directory. */
export async function runningTidemark(env: Readonly<Record<string, string>> = {}): Promise<RunningTidemark> {
  const made = await testInstallation();
  const installation = { ...made, env: { ...made.env, ...env } };
  const up: Tidemark = await startUp(installation.env);
  const run = (...args: string[]) => runTidemark(args, installation.env);
  return {
    installation,
    run,
    async json(...args) {
      const { code, stdout, stderr } = await run(...args, '--json');
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout) as Json;
    },
    async failing(...args) {
      const { code, stdout, stderr } = await run(...args, '--json');
      assert.equal(code, 1, stdout);
      return { answer: JSON.parse(stdout) as Json, stderr };
    },
    async stop() {
      up.process.kill('SIGTERM');
      await up.ended;
      installation.remove();
    },
  };
}
