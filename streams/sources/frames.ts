/**
 * Frames from the stream FRAMES, through the durable consumer `sink`: a bounded number is held here, each until it is
 * acknowledged; nothing is lost and nothing handed out twice while it is held, across reconnects and restarts of the
 * server. Owns delivery and acknowledgement; knows nothing of what becomes of a frame.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, ConsumerEvents, DeliverPolicy, nanos, type ConsumerMessages, type JsMsg } from 'nats';
import { Observable } from 'rxjs';
import { limits } from '../../config/limits.ts';
import type { Log } from '../../src/ports.ts';
import type { Link } from './connection.ts';
import { managerOf } from './stream-api.ts';
import { framesStream } from './stream-definitions.ts';

export interface ReceivedFrame {
  /** Of its headers: '' or 0 where they are missing, which is for the taker to judge. */
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Of the partition's owner that wrote it. */
  readonly epoch: number;
  readonly subject: string;
  /** Of the stream: the order in which frames were taken by it. */
  readonly sequence: number;
  readonly body: Uint8Array;
  /** It is dealt with, and is not delivered again. */
  done(): void;
}

export interface FrameSource {
  /** One subscriber. Completes after `stop`. Does not wait for who takes frames: what is held is what bounds it. */
  readonly frames: Observable<ReceivedFrame>;
  /** Frames that the stream has and that were not delivered yet, as of the last delivery. */
  readonly pending: number;
  /** Frames delivered and not done. */
  readonly held: number;
  /** No more frames come. */
  stop(): void;
  /** Gives what is still held back to the server, for the next sink. */
  giveBack(): Promise<void>;
}

export const sinkConsumer = 'sink';

export function openFrames(link: Link, log: Log): FrameSource {
  // By stream sequence: a redelivery of what is held only replaces the handle to acknowledge it by.
  const held = new Map<number, JsMsg>();
  const state: { isStopped: boolean; pending: number; messages: ConsumerMessages | null } = {
    isStopped: false,
    pending: 0,
    messages: null,
  };

  const frames = new Observable<ReceivedFrame>((subscriber) => {
    const stillWorking = setInterval(() => {
      if (link.isUp) for (const message of held.values()) message.working();
    }, limits.sinkAckWaitMs / 3);
    void (async () => {
      let wait: number = limits.natsRetryMsMin;
      while (!isStopped()) {
        try {
          state.messages = await consume(link);
          endWhenLost(state.messages, log);
          if (isStopped()) await state.messages.close();
          for await (const message of state.messages) {
            wait = limits.natsRetryMsMin;
            state.pending = message.info.pending;
            const isNew = !held.has(message.seq);
            held.set(message.seq, message);
            if (isNew) subscriber.next(received(message, () => done(message.seq)));
          }
        } catch (error) {
          log.warn({ error: String(error) }, 'frames cannot be read now');
        }
        if (isStopped()) break;
        await delay(wait);
        wait = Math.min(wait * 2, limits.natsRetryMsMax);
      }
      subscriber.complete();
    })();
    return () => clearInterval(stillWorking);
  });

  function isStopped(): boolean {
    return state.isStopped;
  }

  function done(sequence: number): void {
    held.get(sequence)?.ack();
    held.delete(sequence);
  }

  return {
    frames,
    get pending() {
      return state.pending;
    },
    get held() {
      return held.size;
    },
    stop() {
      state.isStopped = true;
      void state.messages?.close();
    },
    async giveBack() {
      // Not at once: nats-server 2.9 takes a message that it has nobody to give to for delivered, until it times out.
      for (const message of held.values()) message.nak(limits.sinkGiveBackMs);
      held.clear();
      if (link.isUp) await link.nats.flush();
    },
  };
}

async function consume(link: Link): Promise<ConsumerMessages> {
  const manager = await managerOf(link.nats);
  await manager.consumers.add(framesStream, {
    durable_name: sinkConsumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(limits.sinkAckWaitMs),
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: limits.sinkFramesHeldMax,
    max_deliver: -1,
  });
  const consumer = await link.nats.jetstream().consumers.get(framesStream, sinkConsumer);
  return consumer.consume({
    max_messages: limits.sinkFramesHeldMax,
    idle_heartbeat: limits.sinkHeartbeatMs,
    expires: limits.sinkRequestMs,
  });
}

/** A consumer that is gone, or silent, ends the iteration: it is opened anew. */
function endWhenLost(messages: ConsumerMessages, log: Log): void {
  void (async () => {
    for await (const status of await messages.status()) {
      const isLost =
        status.type === ConsumerEvents.ConsumerDeleted ||
        status.type === ConsumerEvents.ConsumerNotFound ||
        status.type === ConsumerEvents.StreamNotFound ||
        (status.type === ConsumerEvents.HeartbeatsMissed &&
          Number(status.data) >= limits.sinkHeartbeatsMissedMax);
      if (!isLost) continue;
      log.warn({ status: status.type }, 'the consumer of frames is lost');
      await messages.close();
    }
  })();
}

function received(message: JsMsg, done: () => void): ReceivedFrame {
  const header = (name: string): string => message.headers?.get(name) ?? '';
  return {
    name: header('Tidemark-Frame'),
    table: header('Tidemark-Table'),
    columns: header('Tidemark-Columns').split(',').filter(Boolean),
    rows: Number(header('Tidemark-Rows')),
    epoch: Number(header('Tidemark-Epoch')),
    subject: message.subject,
    sequence: message.seq,
    body: message.data,
    done,
  };
}
