/**
 * Virtual time: everything that happens in a simulated world is an event in one queue, ordered by its time and, at the
 * same time, by chance with a seed. Between two events all promises settle. Knows nothing of what happens.
 */
import type { Random } from '../../src/random.ts';

interface Scheduled {
  readonly at: number;
  readonly tie: number;
  readonly action: () => void;
}

export class Scheduler {
  /** Milliseconds since the world began. */
  now = 0;
  /** Events run so far. */
  count = 0;
  private readonly random: Random;
  private readonly heap: Scheduled[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  after(delayMs: number, action: () => void): void {
    this.push({ at: this.now + Math.max(0, delayMs), tie: this.random.next(), action });
  }

  /** Runs events in order until the condition holds; says whether it came to hold before `untilMs` of virtual time. */
  async run(isDone: () => boolean, untilMs: number): Promise<boolean> {
    await settled();
    while (!isDone()) {
      const next = this.heap[0];
      if (next === undefined || next.at > untilMs) {
        this.now = Math.max(this.now, untilMs);
        return false;
      }
      this.pop();
      this.now = next.at;
      this.count++;
      next.action();
      await settled();
    }
    return true;
  }

  private push(event: Scheduled): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

/** All promises that can settle have: microtasks run out before the next macrotask. */
export function settled(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

const realImmediate = setImmediate;
