/**
 * `POST /api/v1/portfolio/{id}/positions/update`: a settlement, as the portfolio state service takes it: `position_id` names
 * the symbol, the sign of `quantity_change` the side.
 */
import Type from 'typebox';
import { isoTimeMs } from '../../client/iso-time.ts';
import { exponentOf } from '../../domain/currency.ts';
import { isSymbol } from '../../domain/identifier.ts';
import { exponentFor, requireAccount } from '../live.ts';
import { book, decimalField, decimalOf, eventIdOf, orderHeaders, requireCommands } from '../orders.ts';
import { accountPath } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { impactOf, portfolioImpact } from '../portfolio-impact.ts';
import { portfolioPosition, positionOf } from '../portfolio.ts';
import { Problem, problemResponses } from '../problem.ts';

/** What these words say of the direction is the sign's to say, but buy and sell must not say the opposite. */
const fillKinds = ['BUY', 'SELL', 'TRADE', 'FILL', 'OPEN', 'INCREASE', 'DECREASE', 'FLIP', 'CLOSE'];
const transferKinds = ['TRANSFER', 'TRANSFER_IN', 'TRANSFER_OUT'];

const update = Type.Object({
  position_id: Type.String({ minLength: 1, maxLength: 64, description: 'The symbol.' }),
  quantity_change: decimalField('Bought where positive, sold where negative.'),
  price: decimalField('Of a unit.'),
  transaction_type: Type.Optional(
    Type.String({
      maxLength: 64,
      description: `A transfer in kind, without cash: ${transferKinds.join(', ')}; a fill: ${fillKinds.join(', ')}, or nothing. In capitals or not.`,
    }),
  ),
  timestamp: Type.Optional(
    Type.Unsafe<number | string>({
      type: ['integer', 'string'],
      maxLength: 64,
      description: 'When it was traded, ISO 8601 or milliseconds; only recorded.',
    }),
  ),
});

const updated = Type.Object({
  updated_position: Type.Union([portfolioPosition, Type.Null()]),
  portfolio_impact: portfolioImpact,
  exposure_changes: Type.Null({ description: 'null: exposures are not kept yet.' }),
  id: Type.String(),
  sequence: Type.Integer({ description: 'LEDGER sequence that the figures include.' }),
  processing_time_ms: Type.Number(),
});

export function positionUpdates(app: Server, { config, nats, log }: Parts): void {
  app.post(
    '/api/v1/portfolio/:id/positions/update',
    {
      config: { concerns: 'path', writes: true },
      schema: {
        tags: ['orders'],
        summary: 'Settles a fill, and answers when it is applied. For operators.',
        params: accountPath,
        headers: orderHeaders,
        body: update,
        response: { 200: updated, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id: account } = request.params;
      const symbol = request.body.position_id;
      const message = {
        id: eventIdOf(request.headers['idempotency-key']),
        ...settlementOf(request.body),
        ts: timeOf(request.body.timestamp),
      };
      const before = await requireAccount(nats, account);
      await requireCommands(nats, before, 'settlements', request.headers['idempotency-key']);
      const booked = await book({ nats, log }, account, 'settlements', message);
      const { account: after } = booked;
      if (booked.isRepeated) reply.header('idempotent-replayed', 'true');
      const position = after.positions.find((each) => each.symbol === symbol);
      const base = exponentFor(config, after);
      const exponent = (currency: string): number => exponentOf(currency, config.currencies);
      return {
        updated_position: position === undefined ? null : positionOf(after, position, exponent),
        portfolio_impact: impactOf(booked, before, symbol, base),
        exposure_changes: null,
        id: message.id,
        sequence: after.sequence,
        processing_time_ms: reply.elapsedTime,
      };
    },
  );
}

interface Update {
  readonly position_id: string;
  readonly quantity_change: number | string;
  readonly price: number | string;
  readonly transaction_type?: string;
}

/** Throws Problem: 422. */
function settlementOf({ position_id, quantity_change, price, transaction_type = '' }: Update): object {
  if (!isSymbol(position_id)) throw new Problem(422, 'malformed', 'position_id is no symbol');
  const { decimal, text } = decimalOf('quantity_change', quantity_change);
  decimalOf('price', price);
  if (Number(decimal.coefficient) === 0) {
    throw new Problem(422, 'quantity_not_positive', 'quantity_change is zero');
  }
  const isOut = Number(decimal.coefficient) < 0;
  const quantity = typeof quantity_change === 'number' ? Math.abs(quantity_change) : text.replace(/^-/, '');
  const kind = transaction_type.toUpperCase();
  const isTransfer = transferKinds.includes(kind);
  if (!isTransfer && kind !== '' && !fillKinds.includes(kind)) {
    throw new Problem(422, 'unknown_kind', 'transaction_type is neither a fill nor a transfer');
  }
  const isOpposite = isOut ? ['BUY', 'TRANSFER_IN'] : ['SELL', 'TRANSFER_OUT'];
  if (isOpposite.includes(kind)) {
    throw new Problem(422, 'malformed', `transaction_type is ${kind}, and quantity_change says the opposite`);
  }
  const event = { symbol: position_id, quantity, price };
  return isTransfer
    ? { ...event, type: 'transfer', side: isOut ? 'out' : 'in' }
    : { ...event, side: isOut ? 'sell' : 'buy' };
}

/** Throws Problem: 422. */
function timeOf(timestamp: number | string | undefined): number {
  const ms =
    timestamp === undefined ? Date.now() : typeof timestamp === 'number' ? timestamp : isoTimeMs(timestamp);
  if (ms >= 0 && Number.isSafeInteger(ms)) return ms;
  throw new Problem(422, 'malformed', 'timestamp is neither ISO 8601 nor milliseconds since the epoch');
}
