/** `tidemark up` for a test file, the commands that are run against it, and a plain client's way into LEDGER. */
import assert from 'node:assert/strict';
import { connect } from 'nats';
import { runTidemark, startUp, testInstallation, type TestInstallation } from './tidemark.ts';

export type Json = Record<string, unknown>;
type Ran = Awaited<ReturnType<typeof runTidemark>>;

export interface RunningTidemark {
  readonly installation: TestInstallation;
  readonly nats: {
    /** A message of a stream, as JSON or as the bytes it is; its sequence. */
    publish(subject: string, message: unknown): Promise<number>;
  };
  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ran>;
  runWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran>;
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
  const up = await startUp(installation.env);
  const nats = await connect({ servers: `127.0.0.1:${installation.natsPort}` });
  const run = (...args: string[]): Promise<Ran> => runTidemark(args, installation.env);
  return {
    installation,
    nats: {
      async publish(subject, message) {
        const payload = message instanceof Uint8Array ? message : Buffer.from(JSON.stringify(message));
        return (await nats.jetstream().publish(subject, payload)).seq;
      },
    },
    run,
    runWith: (other, ...args) => runTidemark(args, other),
    async json(...args) {
      const { code, stdout, stderr } = await run(...args, '--json');
      assert.equal(code, 0, `${stderr}${stdout}`);
      return JSON.parse(stdout) as Json;
    },
    async failing(...args) {
      const { code, stdout, stderr } = await run(...args, '--json');
      assert.equal(code, 1, stdout);
      return { answer: JSON.parse(stdout) as Json, stderr };
    },
    async stop() {
      await nats.close();
      up.process.kill('SIGTERM');
      await up.ended;
      installation.remove();
    },
  };
}
