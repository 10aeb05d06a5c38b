/** Hostile messages on every input: nothing stops, nothing grows, what is refused is kept with its reason. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { limits } from '../../../config/limits.ts';
import { quietLog } from '../../../src/quiet-log.ts';
import { Random } from '../../../src/random.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { WindowedPublisher } from '../../../streams/sinks/windowed-publisher.ts';
import { connectNats, type Link } from '../../../streams/sources/connection.ts';
import { until } from '../../../test/support/until.ts';
import { fuzzMessage } from '../fuzz-messages.ts';
import { settle } from '../hand-feed.ts';
import type { EngineStatus, Json } from '../installation.ts';
import type { FaultPart } from '../part.ts';
import { processes } from '../processes.ts';
import { readStream } from '../read-stream.ts';
import { parts, UpStack, type Part } from '../up-stack.ts';

/**
 * Memory is measured after each of these rounds. The first ones fill what is remembered up to a bound; of the others the
 * lowest of the later half is held against the lowest of the earlier one, since what is resident moves with when garbage
 * was collected last.
 */
const rounds = 9;
const fillingRounds = 3;
const measured = ['engine', 'sink'] as const;

export const fuzz: FaultPart = {
  name: 'fuzz',
  what: 'hostile messages on every input: no process stops, memory is flat, what is refused is in DEAD_LETTERS',
  async run({ messages, seed }, told) {
    const stack = await UpStack.start();
    const link = await connectNats({ url: stack.installation.natsUrl, name: 'faults-fuzz', log: quietLog });
    const attack = new Attack(stack, link, new Random(seed, 300));
    try {
      const before = await pidsOf(stack);
      const memory: Memory[] = [];
      let status = await attack.judged();
      for (let round = 1; round <= rounds; round++) {
        await attack.send(
          Math.round((messages * round) / rounds) - Math.round((messages * (round - 1)) / rounds),
        );
        status = await attack.judged();
        if (round > fillingRounds) memory.push(await memoryOf(before));
      }
      const grown = growth(memory);
      told(`${messages} messages are judged`);
      const failures = [
        ...changed(before, await pidsOf(stack)),
        ...grown.filter(({ bytes }) => bytes > limits.faultMemoryGrowthBytesMax).map(({ text }) => text),
        ...(await attack.missingLetters(status)),
        ...(await goesOn(stack, link.nats)),
      ];
      return {
        rows: [
          {
            fault: 'hostile messages',
            times: messages,
            recoveryMs: [],
            lost: null,
            doubled: null,
            differing: null,
          },
        ],
        notes: [
          `refused: ${JSON.stringify(status['rejected'])}`,
          `${grown.map(({ text }) => text).join('; ')} (bound ${megabytes(limits.faultMemoryGrowthBytesMax)})`,
        ],
        failures,
      };
    } finally {
      await attack.close();
      await stack.stop();
    }
  },
};

class Attack {
  /** `LEDGER.17`: what must be refused, by the place where it is kept. */
  private readonly condemned: string[] = [];
  private readonly stack: UpStack;
  private readonly link: Link;
  private readonly publisher: WindowedPublisher;
  private readonly random: Random;

  constructor(stack: UpStack, link: Link, random: Random) {
    this.stack = stack;
    this.link = link;
    this.random = random;
    this.publisher = new WindowedPublisher(link, systemClock, quietLog);
  }

  async send(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { subject, data, isKept, mustBeRefused } = fuzzMessage(this.random);
      if (!isKept) {
        this.link.nats.publish(subject, data);
      } else {
        // Nothing that a stream takes is refused by it: what is, fails the part.
        void this.publisher.publish(subject, data).then(({ stream, sequence }) => {
          if (mustBeRefused) this.condemned.push(`${stream}.${sequence}`);
        });
        await this.publisher.ready();
      }
      if (i % limits.faultFuzzUnflushedMax === 0) await this.link.nats.flush();
    }
    await this.publisher.flush();
    await this.link.nats.flush();
  }

  /** Resolves when the engine has seen all of it and counts no further, and no dead letter comes any more. */
  async judged(): Promise<EngineStatus> {
    const { installation } = this.stack;
    const { nats } = this.link;
    const last = (await (await nats.jetstreamManager()).streams.info('LEDGER')).state.last_seq;
    await installation.untilEngine('LEDGER to be judged', (status) => status.ledger_sequence >= last);
    let seen = '';
    let deadline = 0;
    for (;;) {
      const status = await installation.untilEngine('the engine to count', () => true);
      const refused = sum(status['rejected'] as Json);
      const letters = await this.letters();
      const now = `${refused} ${letters}`;
      // What is missing when nothing moves any more is missing: whoever asks for the letters says which.
      if (now === seen && (letters >= refused || performance.now() > deadline)) return status;
      if (now !== seen) deadline = performance.now() + limits.faultSettleMsMax;
      seen = now;
      await sleep(limits.faultAskMsMax);
    }
  }

  /** What must be refused and has no dead letter; and whether there are as many as the engine counts. */
  async missingLetters(status: EngineStatus): Promise<string[]> {
    const kept = new Set<string>();
    let without = 0;
    const letters = await readStream(this.link.nats, 'DEAD_LETTERS', ({ subject, data }) => {
      kept.add(subject.slice('dead_letters.'.length, subject.lastIndexOf('.')));
      const { reason } = JSON.parse(Buffer.from(data).toString('utf8')) as Json;
      if (typeof reason !== 'string' || reason === '') without++;
    });
    const missing = this.condemned.filter((place) => !kept.has(place));
    const counted = sum(status['rejected'] as Json);
    return [
      ...(missing.length === 0
        ? []
        : [`${missing.length} messages have no dead letter: ${missing.slice(0, 5).join(', ')}`]),
      ...(without === 0 ? [] : [`${without} dead letters give no reason`]),
      ...(letters === counted ? [] : [`${letters} dead letters, but the engine counts ${counted}`]),
      ...(this.condemned.length === 0 ? ['no message was sent that must be refused'] : []),
    ];
  }

  async close(): Promise<void> {
    this.publisher.close();
    await this.link.close();
  }

  private async letters(): Promise<number> {
    return (await (await this.link.nats.jetstreamManager()).streams.info('DEAD_LETTERS')).state.messages;
  }
}

type Pids = ReadonlyMap<Part, number>;

async function pidsOf(stack: UpStack): Promise<Pids> {
  return new Map(
    await Promise.all(
      parts.map(async (part): Promise<[Part, number]> => [part, await stack.untilThere(part)]),
    ),
  );
}

function changed(before: Pids, after: Pids): string[] {
  return [...before].flatMap(([part, pid]) =>
    after.get(part) === pid ? [] : [`${part} has ended and was started again`],
  );
}

type Memory = ReadonlyMap<Part, number>;

async function memoryOf(pids: Pids): Promise<Memory> {
  const all = await processes();
  return new Map(
    measured.map((part) => [part, all.find(({ pid }) => pid === pids.get(part))?.residentBytes ?? NaN]),
  );
}

function growth(memory: readonly Memory[]): { bytes: number; text: string }[] {
  const half = memory.length / 2;
  return measured.map((part) => {
    const bytes = memory.map((each) => each.get(part) ?? NaN);
    const [first, last] = [Math.min(...bytes.slice(0, half)), Math.min(...bytes.slice(half))];
    return { bytes: last - first, text: `memory of the ${part}: ${bytes.map(megabytes).join(', ')}` };
  });
}

async function goesOn(stack: UpStack, nats: NatsConnection): Promise<string[]> {
  const sequence = await settle(nats, 'cash.good', { id: '1', type: 'deposit', amount: 12_345 });
  try {
    await until(
      async () => {
        const view = await stack.installation.doors.inspect('good');
        return view?.['sequence'] === sequence && view['cash_balance'] === 12_345;
      },
      { what: 'a good message to be applied', timeoutMs: limits.faultSettleMsMax },
    );
    return [];
  } catch (error) {
    return [String(error)];
  }
}

function sum(counts: Json): number {
  return Object.values(counts).reduce<number>((total, each) => total + Number(each), 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MB`;
}
