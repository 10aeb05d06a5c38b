/** The plain actor way: every account an XState machine with its positions in its context. */
import { assign, createActor, setup } from 'xstate';
import { Random } from '../../src/random.ts';

interface Position {
  readonly quantity: number;
  readonly price: number;
}

interface AccountContext {
  readonly cash: number;
  readonly positions: Readonly<Record<string, Position>>;
  readonly equity: number;
}

interface PriceEvent {
  readonly type: 'price';
  readonly symbol: string;
  readonly price: number;
}

const account = setup({
  types: { context: {} as AccountContext, events: {} as PriceEvent, input: {} as AccountContext },
}).createMachine({
  context: ({ input }) => input,
  on: {
    price: {
      actions: assign(({ context, event }) => {
        const position = context.positions[event.symbol];
        if (position === undefined) return {};
        const positions = { ...context.positions, [event.symbol]: { ...position, price: event.price } };
        let equity = context.cash;
        for (const { quantity, price } of Object.values(positions)) equity += Math.round(quantity * price);
        return { positions, equity };
      }),
    },
  },
});

const eventsARound = 60_000;

/** A round: revaluations a second. */
export function plainActors(accounts: number, positions: number, symbols: number): () => number {
  const random = new Random(9);
  const holders = new Map<string, ReturnType<typeof createActor<typeof account>>[]>();
  for (let i = 0; i < accounts; i++) {
    const held: Record<string, Position> = {};
    while (Object.keys(held).length < positions) {
      held[`S${random.integer(0, symbols - 1)}`] = { quantity: random.integer(1, 300), price: 100 };
    }
    const actor = createActor(account, { input: { cash: 100_000_000, positions: held, equity: 0 } });
    actor.start();
    for (const symbol of Object.keys(held)) holders.set(symbol, [...(holders.get(symbol) ?? []), actor]);
  }
  const names = [...holders.keys()];
  return () => {
    let sent = 0;
    const startedAt = performance.now();
    while (sent < eventsARound) {
      const symbol = random.pick(names);
      const price = random.integer(1_000, 90_000);
      for (const actor of holders.get(symbol) ?? []) {
        actor.send({ type: 'price', symbol, price });
        sent++;
      }
    }
    return (sent / (performance.now() - startedAt)) * 1000;
  };
}
