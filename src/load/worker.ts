/**
 * Parts of a load test in processes of their own: calls to them and their answers, over the channel that Node keeps
 * between parent and child. A part ends with its parent.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a part can be asked to do. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

interface Request {
  readonly number: number;
  readonly call: string;
  readonly argument: unknown;
}

type Reply =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: string }
  | { readonly failed: string };

export interface Part<C extends Calls> {
  readonly pid: number;
  call<K extends keyof C & string>(
    name: K,
    ...argument: Parameters<C[K]>
  ): Promise<Awaited<ReturnType<C[K]>>>;
  /** Rejects when the part fails on its own, or ends before `end`. */
  readonly failed: Promise<never>;
  end(): void;
}

// Not import.meta.resolve: a test runner that loads this as CommonJS has none.
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Starts the module at `url`, which calls `servePart`. */
export function startPart<C extends Calls>(url: URL): Part<C> {
  const child = fork(fileURLToPath(url), [], {
    execArgv: ['--import', tsx],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new ChildPart<C>(child, url.pathname.split('/').at(-1) ?? '');
}

class ChildPart<C extends Calls> implements Part<C> {
  readonly failed: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, { resolve: (x: never) => void; reject: (e: Error) => void }>();
  private count = 0;

  constructor(child: ChildProcess, name: string) {
    this.child = child;
    this.failed = new Promise<never>((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
    child.on('message', (reply: Reply) => this.receive(reply));
    child.once('error', (error) => this.broken(error));
    child.once('exit', (code, signal) =>
      this.broken(new Error(`${name} ended with ${signal ?? `exit code ${code}`}`)),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  call<K extends keyof C & string>(
    name: K,
    ...argument: Parameters<C[K]>
  ): Promise<Awaited<ReturnType<C[K]>>> {
    const number = this.count++;
    const request: Request = { number, call: name, argument: argument[0] };
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.child.send(request, (error) => {
        if (error !== null) this.broken(error);
      });
    });
  }

  end(): void {
    this.child.kill('SIGTERM');
  }

  private receive(reply: Reply): void {
    if ('failed' in reply) {
      this.broken(new Error(reply.failed));
      return;
    }
    const waiting = this.waiting.get(reply.number);
    this.waiting.delete(reply.number);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result as never);
  }

  private broken(error: Error): void {
    this.fail(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** In the part's process: answers calls until the parent is gone. `fail` tells the parent what nobody asked for. */
export function servePart(calls: (fail: (error: unknown) => void) => Calls): void {
  const send = (reply: Reply): void => {
    process.send?.(reply);
  };
  const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const served = calls((error) => send({ failed: text(error) }));
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group: the parent decides when its parts end.
  process.on('SIGINT', () => undefined);
  process.on('message', ({ number, call, argument }: Request) => {
    new Promise((resolve) => resolve(served[call]?.(argument as never))).then(
      (result) => send({ number, result }),
      (error: unknown) => send({ number, error: text(error) }),
    );
  });
}
