/** Voids through the whole of `tidemark up`: real messages, a real effect log, and an engine that is killed in between. */
import assert from 'node:assert/strict';
import { RealEngine } from '../support/real-engine.ts';

type Figures = Record<string, unknown>;

describe('a void, through NATS and a kill of the engine', function () {
  this.timeout(120_000);
  let engine: RealEngine;

  beforeEach(async () => {
    engine = await RealEngine.start({
      instruments: { SAP: { currency: 'EUR' } },
      // However long a kill and the way back take.
      env: { TIDEMARK_VOIDS_WAIT_MS: '600000' },
    });
  });

  afterEach(async () => {
    await engine.stop();
  });

  const fill = (id: string, side: string, quantity: number, price: number): Promise<number> =>
    engine.settle('settlements.a', { id, symbol: 'SAP', side, quantity, price });

  const figures = async (): Promise<Figures> => {
    const view = await engine.inspect('a');
    assert.ok(view !== null);
    const { realized_pnl, net_flow, cash, total_equity, units, state_hash, positions } = view;
    const [position] = positions as Figures[];
    const { quantity, cost_basis, realized_pnl_base } = position ?? {};
    return {
      realized_pnl,
      net_flow,
      cash,
      total_equity,
      units,
      state_hash,
      quantity,
      cost_basis,
      realized_pnl_base,
    };
  };

  it('takes back what was booked at the rates of then, and a replay at other rates does the same', async () => {
    let ts = 0;
    const rate = async (price: string): Promise<void> => {
      engine.price('EURUSD', { price, ts: ++ts });
      await engine.tick();
    };
    await rate('1.10');
    await engine.settle('cash.a', { id: 'd1', type: 'deposit', amount: 1_000_000, currency: 'EUR' });
    await fill('f1', 'buy', 100, 20);
    await fill('f2', 'buy', 100, 30);
    await rate('1.20');
    await fill('f3', 'sell', 50, 40);
    await rate('1.50');
    // In the tick of another event, of which nothing is published yet.
    await engine.settle('cash.a', { id: 'd2', type: 'deposit', amount: 100_000, currency: 'EUR' });
    await engine.settle('settlements.a', { id: 'v1', type: 'void', of: 'f1' });
    await engine.settle('cash.a', { id: 'v2', type: 'void', of: 'd2' });
    await engine.tick();
    const before = await figures();
    // Released 50 x 30: 2,000 - 1,500 = 500.00 EUR, booked at the sale's 1.20; the deposit stays at 1.10.
    const { realized_pnl, realized_pnl_base, net_flow, cash, quantity } = before;
    assert.deepEqual(
      { realized_pnl, realized_pnl_base, net_flow, cash, quantity },
      {
        realized_pnl: 60_000,
        realized_pnl_base: 60_000,
        net_flow: 1_100_000,
        cash: { EUR: 1_000_000 - 300_000 + 200_000 },
        quantity: '50',
      },
    );
    await engine.killEngine();
    assert.deepEqual(await figures(), before);
  });

  it('waits for its target across a kill', async () => {
    await engine.settle('cash.a', { id: 'd1', type: 'deposit', amount: 100_000 });
    await fill('f1', 'buy', 1, 1);
    await engine.settle('cash.a', { id: 'v1', type: 'void', of: 'late' });
    await engine.tick();
    await engine.killEngine();
    await engine.settle('cash.a', { id: 'late', type: 'deposit', amount: 7 });
    await engine.tick();
    assert.deepEqual(((await engine.inspect('a'))?.['cash'] as Figures)['USD'], 100_000);
    assert.equal(((await engine.stats())['rejected'] as Figures)['settlement_unknown'], undefined);
  });
});
