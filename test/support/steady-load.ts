/** Prices and settlements of a few accounts without a pause, for tests of what is asked meanwhile. */
import { connect, type NatsConnection } from 'nats';
import type { Random } from '../../src/random.ts';

const symbols = ['AAA', 'BBB', 'CCC', 'DDD'];
const everyMs = 4;
/** Of the turns, those with a settlement. */
const settles = 4;

export class SteadyLoad {
  readonly accounts: readonly string[];
  private readonly nats: NatsConnection;
  private readonly random: Random;
  private readonly timer: NodeJS.Timeout;
  private turns = 0;

  private constructor(nats: NatsConnection, accounts: readonly string[], random: Random) {
    this.nats = nats;
    this.accounts = accounts;
    this.random = random;
    this.timer = setInterval(() => this.turn(), everyMs);
  }

  static async start(natsPort: number, accounts: readonly string[], random: Random): Promise<SteadyLoad> {
    return new SteadyLoad(await connect({ servers: `127.0.0.1:${natsPort}` }), accounts, random);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.nats.drain();
  }

  private turn(): void {
    const turn = this.turns++;
    const symbol = symbols[turn % symbols.length] ?? '';
    const price = (100 + 10 * this.random.next()).toFixed(2);
    this.publish(`prices.${symbol}`, { price });
    if (turn % settles !== 0) return;
    const account = this.accounts[(turn / settles) % this.accounts.length] ?? '';
    const side = this.random.next() < 0.5 ? 'buy' : 'sell';
    this.publish(`settlements.${account}`, { id: `s${turn}`, symbol, side, quantity: 1, price });
  }

  private publish(subject: string, message: object): void {
    this.nats.publish(subject, JSON.stringify(message));
  }
}
