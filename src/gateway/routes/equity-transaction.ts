/**
 * `POST /api/v1/analytics/portfolio/{id}/equity-transaction`: a deposit or a withdrawal by session day, as balance tracking
 * takes it. A day in the past dates the flow back; one in the future is refused.
 */
import Type from 'typebox';
import type { Config } from '../../../config/load.ts';
import { inspect, type InspectReply } from '../../client/account-reply.ts';
import { minorUnits } from '../../client/amounts.ts';
import { isDate, minutesOf, SessionCalendar } from '../../domain/session-day.ts';
import { currencyUnits } from '../columns.ts';
import { exponentFor } from '../live.ts';
import { book, decimalField, decimalOf, eventIdOf, orderHeaders, requireCommands } from '../orders.ts';
import { accountPath, dayParameter, oneOf } from '../parameters.ts';
import type { Parts, Server } from '../parts.ts';
import { Problem, problemResponses, unknownAccount } from '../problem.ts';

const order = Type.Object({
  transaction_date: dayParameter,
  transaction_type: oneOf('deposit', 'withdrawal'),
  amount: decimalField('In currency units, positive.'),
  notes: Type.Optional(Type.String({ maxLength: 4096 })),
});

const answer = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  new_equity_balance: Type.Number(),
  id: Type.String(),
  sequence: Type.Integer({ description: 'LEDGER sequence that the balance includes.' }),
});

export function equityTransactions(app: Server, { config, nats, log }: Parts): void {
  app.post(
    '/api/v1/analytics/portfolio/:id/equity-transaction',
    {
      config: { concerns: 'path', writes: true },
      schema: {
        tags: ['orders'],
        summary: 'Books a deposit or a withdrawal, and answers when it is applied. For operators.',
        params: accountPath,
        headers: orderHeaders,
        body: order,
        response: { 200: answer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id: account } = request.params;
      const { transaction_date: date, transaction_type: type, amount, notes } = request.body;
      const before = await inspect(nats, account);
      requireOpen(config, before, type);
      const key = request.headers['idempotency-key'];
      if (before !== null) await requireCommands(nats, before, 'cash', key);
      requireBegun(config, before, date);
      const currency = before?.currency ?? config.accounts.base_currency;
      const message = {
        id: eventIdOf(key),
        type,
        amount: amountOf(config, amount, currency),
        currency,
        effective_at: date,
        ...(notes === undefined ? {} : { notes }),
        ts: Date.now(),
      };
      const { account: after, isRepeated } = await book({ nats, log }, account, 'cash', message);
      if (isRepeated) reply.header('idempotent-replayed', 'true');
      return {
        success: true,
        message: isRepeated ? `this ${type} had been booked already` : `${type} booked`,
        new_equity_balance: currencyUnits(after.total_equity, exponentFor(config, after)),
        id: message.id,
        sequence: after.sequence,
      };
    },
  );
}

/** Throws Problem: 404. The first deposit may open an account, as in the ledger. */
function requireOpen(config: Config, account: InspectReply | null, type: 'deposit' | 'withdrawal'): void {
  if (account === null && (type === 'withdrawal' || !config.accounts.auto_open)) throw unknownAccount();
}

/** Minor units. Throws Problem and UsageError, both 422. */
function amountOf(config: Config, amount: number | string, currency: string): number {
  const { decimal, text } = decimalOf('amount', amount);
  if (Number(decimal.coefficient) <= 0) {
    throw new Problem(422, 'quantity_not_positive', 'the amount is not positive');
  }
  return minorUnits(text, currency, config.currencies, 'the amount');
}

/** Throws Problem (422) for a session day that has not begun, by the account's own calendar as the engine has it. */
function requireBegun(config: Config, account: InspectReply | null, date: string): void {
  if (!isDate(date)) throw new Problem(422, 'malformed', 'transaction_date is no day');
  const { timezone, cutover } = account ?? config.accounts;
  const calendar = new SessionCalendar(timezone, minutesOf(cutover) ?? 0);
  if (date <= calendar.dateOf(Date.now())) return;
  throw new Problem(422, 'date_in_future', 'transaction_date is in the future');
}
