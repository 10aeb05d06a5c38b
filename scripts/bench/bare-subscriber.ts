/** The ceiling of the price pipelines: a plain `nats` subscriber that parses JSON and does nothing else. */
import { connect, type Subscription } from 'nats';
import { servePart } from '../../src/load/worker.ts';

export interface BareSubscriberCalls {
  /** Subscribes, and answers at `asked` how many prices it has parsed. */
  readonly open: (task: { readonly url: string; readonly asked: string }) => Promise<void>;
  readonly [name: string]: (argument: never) => unknown;
}

servePart(
  () =>
    ({
      async open({ url, asked }) {
        const nats = await connect({ servers: url });
        const decoder = new TextDecoder();
        let prices = 0;
        const parse = (data: Uint8Array): unknown => JSON.parse(decoder.decode(data));
        const subscribe = (subject: string, take: (data: Uint8Array) => void): Subscription =>
          nats.subscribe(subject, { callback: (_, message) => take(message.data) });
        subscribe('prices.*', (data) => {
          parse(data);
          prices++;
        });
        subscribe('prices', (data) => {
          prices += (parse(data) as unknown[]).length;
        });
        nats.subscribe(asked, {
          callback: (_, message) => message.respond(JSON.stringify({ prices_received: prices })),
        });
        await nats.flush();
      },
    }) satisfies BareSubscriberCalls,
);
