/** What stands in the key of a lease: who has it, for people and for other processes. JSON. */

/** A process among all others. What is null its system does not tell. */
export interface ProcessIdentity {
  readonly host: string;
  /** Of the machine: the same until it is started again. */
  readonly boot: string | null;
  /** Of process ids: in a container they are not the machine's. */
  readonly namespace: string | null;
  readonly pid: number;
  /** When the process began, in whatever its system counts. */
  readonly started: string | null;
}

export interface LeaseRecord extends ProcessIdentity {
  /** Of one attempt to own it: a process that comes back is another owner. */
  readonly owner: string;
  /** Milliseconds since the epoch, by the owner's clock: for people. */
  readonly since: number;
  /** Given back: anybody may have it at once. */
  readonly released: boolean;
}

export function encodeLease(record: LeaseRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** null: not a lease. Somebody else's all the same, until it is old. */
export function decodeLease(bytes: Uint8Array): LeaseRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { owner, host, boot, namespace, pid, started, since, released } = value as Record<string, unknown>;
  if (typeof owner !== 'string' || typeof host !== 'string' || typeof pid !== 'number') return null;
  return {
    owner,
    host,
    boot: textOrNull(boot),
    namespace: textOrNull(namespace),
    pid,
    started: textOrNull(started),
    since: typeof since === 'number' ? since : 0,
    released: released === true,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
