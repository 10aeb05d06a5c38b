/**
 * The listening process of a load test: every `equity.*` of the run. Keeps the last message of each account, sees that
 * ticks and sequences of an account only grow, and of the probes notes which price was seen when.
 */
import { build } from 'hdr-histogram-js';
import { connectNats } from '../../streams/sources/connection.ts';
import type { NatsAccess } from '../../streams/sources/nats-access.ts';
import type { Link } from '../../streams/sources/connection.ts';
import { microsSince } from './micros.ts';
import type { Micros } from './micros.ts';
import { accountCount, accountName, depositMinor } from './plan.ts';
import { shownPercentiles } from './percentiles.ts';
import type { LoadPlan } from './plan.ts';
import { quietLog } from '../quiet-log.ts';
import { servePart } from './worker.ts';

export interface SubscriberTask {
  readonly plan: LoadPlan;
  readonly url: string;
  readonly access?: NatsAccess | undefined;
  readonly start: bigint;
}

/** What was seen of the probes, as columns, in the order of arrival. */
export interface SightingLog {
  count: number;
  probe: Int32Array;
  /** The publication that the equity reflects, microseconds since the run's start. */
  published: Float64Array;
  received: Float64Array;
}

export interface Received {
  readonly sightings: SightingLog;
  /** The last message of each account, as text; '' where none came. */
  readonly last: readonly string[];
  readonly messages: number;
  /** Messages of a tick that was not after the account's last one. */
  readonly repeated: number;
  /** Messages of a sequence before the account's last one. */
  readonly wentBack: number;
  /** Percentiles of a message's arrival after its tick, in milliseconds, by percent. */
  readonly afterTickMs: Readonly<Record<string, number>>;
}

export interface SubscriberProgress {
  readonly messages: number;
  /** Of what was seen since the last call, in milliseconds; null where nothing was. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface SubscriberCalls {
  readonly open: (task: SubscriberTask) => Promise<void>;
  /** What came before counts for nothing but the accounts. */
  readonly measure: () => void;
  readonly progress: () => SubscriberProgress;
  readonly received: () => Received;
  readonly [name: string]: (argument: never) => unknown;
}

interface Slot {
  readonly account: number;
  /** -1 for an account that is no probe. */
  readonly probe: number;
  bytes: Buffer;
  length: number;
  tick: number;
  sequence: number;
}

const tickKey = Buffer.from('"tick":');
const sequenceKey = Buffer.from('"sequence":');
const messageBytesAtFirst = 640;
const microsPerMs = 1000;
const zero = 48;

class Listener {
  messages = 0;
  repeated = 0;
  wentBack = 0;
  readonly sightings: SightingLog = {
    count: 0,
    probe: new Int32Array(4096),
    published: new Float64Array(4096),
    received: new Float64Array(4096),
  };
  private readonly link: Link;
  private readonly micros: Micros;
  private readonly slots = new Map<string, Slot>();
  private readonly all: Slot[] = [];
  private afterTick = histogram();
  private recent = histogram();

  constructor(plan: LoadPlan, link: Link, micros: Micros) {
    this.link = link;
    this.micros = micros;
    for (let account = 0; account < accountCount(plan); account++) {
      const slot: Slot = {
        account,
        probe: account - plan.accounts < 0 ? -1 : account - plan.accounts,
        bytes: Buffer.alloc(messageBytesAtFirst),
        length: 0,
        tick: 0,
        sequence: 0,
      };
      this.slots.set(`equity.${accountName(plan, account)}`, slot);
      this.all.push(slot);
    }
  }

  async listen(): Promise<void> {
    this.link.nats.subscribe('equity.*', {
      callback: (_, message) => {
        const slot = this.slots.get(message.subject);
        if (slot !== undefined) this.receive(slot, message.data);
      },
    });
    await this.link.nats.flush();
  }

  measure(): void {
    this.afterTick = histogram();
  }

  progress(): SubscriberProgress {
    const { recent, messages } = this;
    this.recent = histogram();
    const of = (percent: number): number => recent.getValueAtPercentile(percent) / microsPerMs;
    return recent.totalCount === 0
      ? { messages, p50: null, p99: null }
      : { messages, p50: of(50), p99: of(99) };
  }

  received(): Received {
    const { afterTick } = this;
    return {
      sightings: this.sightings,
      last: this.all.map(({ bytes, length }) => bytes.toString('utf8', 0, length)),
      messages: this.messages,
      repeated: this.repeated,
      wentBack: this.wentBack,
      afterTickMs: Object.fromEntries(
        shownPercentiles.map((p) => [String(p), afterTick.getValueAtPercentile(p) / microsPerMs]),
      ),
    };
  }

  private receive(slot: Slot, data: Uint8Array): void {
    this.messages++;
    if (data.length > slot.bytes.length) slot.bytes = Buffer.alloc(2 * data.length);
    slot.bytes.set(data);
    slot.length = data.length;
    const tick = numberAfter(tickKey, slot.bytes);
    if (tick <= slot.tick) this.repeated++;
    slot.tick = tick;
    const sequence = numberAfter(sequenceKey, slot.bytes);
    if (sequence < slot.sequence) this.wentBack++;
    slot.sequence = sequence;
    // A tick of the clock is its time.
    const late = (performance.timeOrigin + performance.now() - tick) * microsPerMs;
    this.afterTick.recordValue(Math.max(1, Math.round(late)));
    if (slot.probe >= 0) this.see(slot);
  }

  private see({ probe, bytes, length }: Slot): void {
    const received = this.micros();
    const message = JSON.parse(bytes.toString('utf8', 0, length)) as { total_equity: number };
    const published = message.total_equity - depositMinor;
    // Before its first price a probe stands at what it was paid in.
    if (published <= 0) return;
    const { sightings } = this;
    if (sightings.count === sightings.probe.length) grow(sightings);
    sightings.probe[sightings.count] = probe;
    sightings.published[sightings.count] = published;
    sightings.received[sightings.count] = received;
    sightings.count++;
    this.recent.recordValue(Math.max(1, received - published));
  }
}

/** The natural number after a key such as `"tick":`; NaN where there is none. */
function numberAfter(key: Buffer, data: Buffer): number {
  const at = data.indexOf(key);
  if (at < 0) return NaN;
  let number = 0;
  for (let i = at + key.length; ; i++) {
    const digit = (data[i] ?? 0) - zero;
    if (digit < 0 || digit > 9) return number;
    number = number * 10 + digit;
  }
}

function histogram() {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
}

function grow(sightings: SightingLog): void {
  const length = sightings.probe.length * 2;
  const wider = (from: Float64Array): Float64Array => {
    const to = new Float64Array(length);
    to.set(from);
    return to;
  };
  const probe = new Int32Array(length);
  probe.set(sightings.probe);
  sightings.probe = probe;
  sightings.published = wider(sightings.published);
  sightings.received = wider(sightings.received);
}

servePart(() => {
  let listener: Listener | null = null;
  const open = (): Listener => {
    if (listener === null) throw new Error('not opened');
    return listener;
  };
  return {
    async open({ plan, url, access, start }: SubscriberTask) {
      const link = await connectNats({ url, access, name: 'tidemark-load-equity', log: quietLog });
      listener = new Listener(plan, link, microsSince(start));
      await listener.listen();
    },
    measure: () => open().measure(),
    progress: () => open().progress(),
    received: () => open().received(),
  } satisfies SubscriberCalls;
});
