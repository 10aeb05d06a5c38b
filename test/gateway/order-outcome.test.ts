/** What an order is answered with, by what the engine says became of it. The engine is made up. */
import assert from 'node:assert/strict';
import { quietLog } from '../../src/quiet-log.ts';
import { gatewayOf } from '../support/made-up-doors.ts';

const position = {
  symbol: 'AAPL',
  quantity: '30',
  cost_basis: 300_000,
  mark: '100',
  mark_ts: 0,
  market_value: 300_000,
  unrealized_pnl: 0,
  realized_pnl: 0,
  fees: 0,
  weight: 0.3,
  currency: 'USD',
};
const account = {
  account_id: '7',
  currency: 'USD',
  timezone: 'America/New_York',
  cutover: '17:00',
  state: 'active.healthy',
  sequence: 41,
  timestamp: 0,
  total_equity: 1_000_000,
  cash_balance: 700_000,
  unpriced: [],
  state_hash: 'as it was',
  positions: [position],
};

describe('an order', () => {
  const logged: object[] = [];
  /** `outcomes`: what the engine says of it, one after the other; `sequence` of the account afterwards. */
  async function answerTo(
    outcomes: object[],
    sequence = 42,
    hash = 'another',
  ): Promise<[number, Record<string, unknown>]> {
    let isWritten = false;
    const nats = {
      ask: (endpoint: string) => {
        if (endpoint === 'outcome') return Promise.resolve(JSON.stringify(outcomes.shift()));
        const after = { ...account, sequence, state_hash: hash, total_equity: 1_234_567, cash_balance: 5 };
        return Promise.resolve(JSON.stringify(isWritten ? after : account));
      },
      publishAcknowledged: () => {
        isWritten = true;
        return Promise.resolve({ stream: 'LEDGER', sequence: 42 });
      },
      // No dead letter is there, however long one waits for it.
      message: () => Promise.resolve(null),
    };
    const log = { ...quietLog, info: (entry: object) => void logged.push(entry) };
    const server = await gatewayOf({ nats, log });
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v1/portfolio/7/positions/update',
      payload: { position_id: 'AAPL', quantity_change: 10, price: 100 },
    });
    await server.close();
    return [answer.statusCode, answer.json()];
  }

  it('is refused where the engine refused it, though no dead letter is there yet and the state has moved', async () => {
    const refusal = { outcome: 'rejected', reason: 'id_conflict', detail: 'id: seen before' };
    const [status, { reason }] = await answerTo([{ outcome: 'pending' }, refusal]);
    assert.deepEqual([status, reason], [409, 'id_conflict']);
    const other = { outcome: 'rejected', reason: 'amount_out_of_range', detail: '' };
    assert.equal((await answerTo([other]))[0], 422);
  });

  it('is in the log with its account and sequence, and what became of it', async () => {
    logged.length = 0;
    await answerTo([{ outcome: 'duplicate' }]);
    const [{ event, ...entry } = {}] = logged as { event?: string }[];
    assert.match(event ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(entry, { account: '7', area: 'settlements', sequence: 42, outcome: 'duplicate' });
    assert.equal(logged.length, 1);
  });

  it('is answered with what it did itself, not with what came in between', async () => {
    const impact = {
      equity_before: 1_000_000,
      equity_after: 999_000,
      cash_change: -101_000,
      quantity_before: 20,
      quantity_after: 30,
    };
    const [status, body] = await answerTo([{ outcome: 'applied', impact }]);
    assert.equal(status, 200);
    const { value_change, cash_impact, weight_change, risk_change } = body['portfolio_impact'] as Record<
      string,
      number
    >;
    assert.deepEqual([value_change, cash_impact], [-10, -1010]);
    // 30 units weigh 0.3 of 1,234,567: a unit 12,345.67.
    assert.ok(Math.abs(weight_change! - (12_345.67 * 30) / 999_000 + (12_345.67 * 20) / 1_000_000) < 1e-12);
    assert.ok(Math.abs(risk_change! - weight_change!) < 1e-12, 'the only position');
    const [, later] = await answerTo([{ outcome: 'applied', impact }], 50);
    assert.equal((later['portfolio_impact'] as Record<string, unknown>)['risk_change'], null);
  });

  it('that was there before says nothing of what it did then', async () => {
    const [status, body] = await answerTo([{ outcome: 'duplicate' }]);
    assert.equal(status, 200);
    const nothing = { value_change: null, weight_change: null, risk_change: null, cash_impact: null };
    assert.deepEqual(body['portfolio_impact'], nothing);
  });

  it('is refused for an account that is suspended, in and out, and without asking the database', async () => {
    let state = 'suspended';
    const nats = {
      ask: (endpoint: string) => {
        const judged = { outcome: 'applied', impact: null };
        return Promise.resolve(JSON.stringify(endpoint === 'outcome' ? judged : { ...account, state }));
      },
      publishAcknowledged: () => Promise.resolve({ stream: 'LEDGER', sequence: 41 }),
    };
    const server = await gatewayOf({ nats });
    // No session day begins before its date's eve.
    const today = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const order = async (transaction_type: string): Promise<number> => {
      const payload = { transaction_date: today, transaction_type, amount: 5 };
      const url = '/api/v1/analytics/portfolio/7/equity-transaction';
      return (await server.inject({ method: 'POST', url, payload })).statusCode;
    };
    assert.deepEqual([await order('withdrawal'), await order('deposit')], [409, 409]);
    state = 'active.healthy';
    assert.deepEqual([await order('withdrawal'), await order('deposit')], [200, 200]);
    await server.close();
  });

  it('of which the engine knows nothing any more is to be sent again under its key', async () => {
    const [status, { reason, detail }] = await answerTo([{ outcome: 'unknown' }], 42, 'as it was');
    assert.deepEqual([status, reason], [504, 'not_applied_yet']);
    assert.match(String(detail), /LEDGER at 42.*Idempotency-Key/);
  });
});
