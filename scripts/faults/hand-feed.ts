/** What a fault test sends by hand: acknowledged messages of the ledger and prices, over plain connections. */
import { connect, type NatsConnection } from 'nats';
import type { Installation } from './installation.ts';

/** Distinct connections to the same server, as several publishers have them. */
export async function connections(installation: Installation, count: number): Promise<NatsConnection[]> {
  return Promise.all(
    Array.from({ length: count }, () =>
      connect({ servers: installation.natsUrl, maxReconnectAttempts: -1, noAsyncTraces: true }),
    ),
  );
}

/** Resolves with the sequence in LEDGER. Without `Nats-Msg-Id`: only the engine can know it again. */
export async function settle(nats: NatsConnection, subject: string, message: unknown): Promise<number> {
  const { seq } = await nats.jetstream().publish(subject, Buffer.from(JSON.stringify(message)));
  return seq;
}

/** Resolves when the server has it. */
export async function publishPrices(
  nats: NatsConnection,
  prices: Readonly<Record<string, string>>,
  ts: number,
): Promise<void> {
  for (const [symbol, price] of Object.entries(prices)) {
    nats.publish(`prices.${symbol}`, Buffer.from(JSON.stringify({ price, ts })));
  }
  await nats.flush();
}
