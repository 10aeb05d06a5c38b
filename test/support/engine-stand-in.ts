/**
 * Stands in for the engine on a real NATS: answers for accounts as it does, and tells of ticks when it is told to. Lets a
 * test say what comes between two messages. Knows no ledger.
 */
import { connect, headers, type Msg, type NatsConnection } from 'nats';
import type { Json } from './running-tidemark.ts';

export class EngineStandIn {
  readonly nats: NatsConnection;
  readonly accounts = new Map<string, Json>();
  /** Accounts of each request for states. */
  readonly asked: string[][] = [];
  owner = 'first';
  /** It answers, and is not live. */
  isAway = false;
  refused = 0;
  /** Called before a request for states is answered. */
  answering: () => Promise<void> | void = () => undefined;

  private constructor(nats: NatsConnection) {
    this.nats = nats;
  }

  static async start(url: string): Promise<EngineStandIn> {
    const nats = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const engine = new EngineStandIn(nats);
    nats.subscribe('tidemark.*', { callback: (_error, message) => void engine.answer(message) });
    await nats.flush();
    return engine;
  }

  /** The account's state as of a tick; nobody is told. */
  set(id: string, tick: number, more: Json = {}): Json {
    const figures = { ...figuresAt(id, tick), ...more };
    this.accounts.set(id, figures);
    return figures;
  }

  /** The same, and told. */
  tick(id: string, tick: number, more: Json = {}): void {
    this.nats.publish(`equity.${id}`, JSON.stringify(this.set(id, tick, more)));
  }

  async stop(): Promise<void> {
    await this.nats.close();
  }

  private async answer(message: Msg): Promise<void> {
    if (this.isAway) {
      this.refused++;
      const away = headers();
      away.set('Nats-Service-Error-Code', '503');
      away.set('Nats-Service-Error', 'the engine is not live yet');
      message.respond('', { headers: away });
      return;
    }
    const [, endpoint] = message.subject.split('.');
    if (endpoint === 'stats') {
      message.respond(JSON.stringify({ state: 'live', owner: this.owner, emissions_unsent: 0 }));
      return;
    }
    const { accounts = [...this.accounts.keys()] } = message.json<{ accounts?: string[] }>();
    this.asked.push(accounts);
    const found = accounts.map((id) => this.accounts.get(id)).filter((each) => each !== undefined);
    const text = JSON.stringify({ accounts: found });
    await this.answering();
    message.respond(text);
  }
}

/** Fields and order of the equity message. */
function figuresAt(id: string, tick: number): Json {
  return {
    account_id: id,
    tick,
    timestamp: tick,
    total_equity: 100 * tick,
    cash_balance: 0,
    position_value: 0,
    unrealized_pnl: 0,
    realized_pnl: 0,
    fees: 0,
    net_flow: 0,
    day_change: 0,
    day_change_percent: 0.1,
    nav: 1.003977,
    peak_nav: 1.1,
    drawdown: -0.007146,
    max_drawdown: -0.0412,
    currency: 'USD',
    state: 'active.healthy',
    sequence: tick,
  };
}
