/** The same settlement again and again, in every way there is; and settlements out of their own order. */
import type { NatsConnection } from 'nats';
import { until } from '../../../test/support/until.ts';
import { limits } from '../../../config/limits.ts';
import { unequal } from '../differences.ts';
import { HandStack } from '../hand-stack.ts';
import { connections, settle } from '../hand-feed.ts';
import type { Installation, Json } from '../installation.ts';
import { differenceTexts, type FaultPart } from '../part.ts';
import type { Difference } from '../../../src/load/compare.ts';

/** Fills between a settlement and its repetition: fewer than an account's ids are remembered. */
const fillsBetween = 1_000;

const repeated = { id: 'same', symbol: 'ONE', side: 'buy', quantity: '10', price: '50.25', fee: 7, ts: 1 };

export const sameSettlement: FaultPart = {
  name: 'same-settlement',
  what: 'a settlement again: other connections, in arrays, 1,000 fills later, after kill -9; and with another price',
  async run(_options, told) {
    const stack = await HandStack.start({ withStore: true });
    const { installation } = stack;
    const senders = await connections(installation, 3);
    const [nats] = senders as [NatsConnection, ...NatsConnection[]];
    try {
      const engine = await stack.engine();
      const subject = 'settlements.a';
      for (const each of senders) await settle(each, subject, repeated);
      await settle(nats, subject, [
        repeated,
        { ...repeated, id: 'twin' },
        { ...repeated, id: 'twin' },
        repeated,
      ]);
      for (let i = 0; i < fillsBetween; i++) {
        // Another symbol, bought and sold, so that it changes nothing but what is remembered.
        const side = i % 2 === 0 ? 'buy' : 'sell';
        await settle(nats, subject, { id: `f${i}`, symbol: 'TWO', side, quantity: '1', price: '10' });
      }
      await settle(senders[1] ?? nats, subject, { ...repeated, quantity: 10, price: '50.2500', ts: 2 });
      engine.process.kill('SIGKILL');
      await engine.ended;
      told('killed with -9 and started again');
      await stack.engine();
      await settle(senders[2] ?? nats, subject, repeated);
      const conflicts = [
        `${await settle(nats, subject, { ...repeated, price: '50.26' })}.0`,
        `${await settle(nats, subject, [
          { ...repeated, id: 'last' },
          { ...repeated, side: 'sell' },
        ])}.1`,
      ];
      const sequence = await settle(nats, subject, repeated);
      const view = await untilApplied(installation, 'a', sequence);
      // Three settlements of 10 @ 50.25 and 0.07: same, twin, last.
      const position = (view['positions'] as Json[]).find(({ symbol }) => symbol === 'ONE') ?? {};
      const wanted = { quantity: '30', cost_basis: 150_750, fees: 21, sequence, cash_balance: -150_771 };
      const differences = unequal('a', 'inspect', Object.keys(wanted), wanted, {
        ...position,
        sequence: view['sequence'],
        cash_balance: view['cash_balance'],
      });
      const { lost, doubled } = await rowsOf(installation, 'a', fillsBetween + 3);
      const failures = [
        ...differenceTexts(differences),
        ...(lost === 0 && doubled === 0
          ? []
          : [`${lost} settlements are in no row, ${doubled} rows are doubled`]),
      ];
      for (const place of conflicts) {
        const reason = await deadLetterReason(nats, `dead_letters.LEDGER.${place}`);
        if (reason !== 'id_conflict')
          failures.push(`LEDGER ${place} is ${reason} in DEAD_LETTERS, not id_conflict`);
      }
      return {
        rows: [
          {
            fault: 'same settlement again',
            times: 8,
            recoveryMs: [],
            lost,
            doubled,
            differing: differing(differences),
          },
        ],
        notes: [],
        failures,
      };
    } finally {
      await Promise.all(senders.map((each) => each.close()));
      await stack.stop();
    }
  },
};

export const order: FaultPart = {
  name: 'order',
  what: 'settlements out of the order of their own sequence are applied in the order of LEDGER',
  async run() {
    const stack = await HandStack.start({ withStore: false });
    const { installation } = stack;
    const [nats] = (await connections(installation, 1)) as [NatsConnection];
    try {
      await stack.engine();
      const fill = { symbol: 'ONE', source: 'desk' };
      const outOfOrder = [
        // buy 100 @ 50; sell 150 @ 60, through zero: +1,000.00; buy 80 @ 40: +1,000.00, and 30 @ 40 are left.
        { ...fill, id: 'c', sequence: 30, side: 'buy', quantity: '100', price: '50' },
        { ...fill, id: 'a', sequence: 10, side: 'sell', quantity: '150', price: '60' },
        { ...fill, id: 'b', sequence: 20, side: 'buy', quantity: '80', price: '40' },
      ];
      let sequence = 0;
      for (const message of outOfOrder) sequence = await settle(nats, 'settlements.a', message);
      // The order of their own sequence would end with realized 2,300.00 and 30 @ 50.
      const view = await untilApplied(installation, 'a', sequence);
      const [position = {}] = view['positions'] as Json[];
      const wanted = { quantity: '30', cost_basis: 120_000, realized_pnl: 200_000 };
      const differences = unequal('a', 'inspect', Object.keys(wanted), wanted, position);
      return {
        rows: [
          {
            fault: 'out of their own order',
            times: outOfOrder.length,
            recoveryMs: [],
            lost: null,
            doubled: null,
            differing: differing(differences),
          },
        ],
        notes: [],
        failures: differenceTexts(differences),
      };
    } finally {
      await nats.close();
      await stack.stop();
    }
  },
};

function differing(differences: readonly Difference[]): number {
  return new Set(differences.map(({ account }) => account)).size;
}

function untilApplied(installation: Installation, account: string, sequence: number): Promise<Json> {
  return until(
    async () => {
      const view = await installation.doors.inspect(account);
      return view !== null && Number(view['sequence']) >= sequence ? view : null;
    },
    { what: `${account} to be at ${sequence}`, timeoutMs: limits.faultSettleMsMax },
  );
}

/** When as many distinct settlements as sent have rows, or no more come. */
async function rowsOf(
  installation: Installation,
  account: string,
  sent: number,
): Promise<{ lost: number; doubled: number }> {
  const statement =
    'SELECT count() AS rows, uniqExact(id) AS ids FROM settlements WHERE account_id = {account:String}';
  const count = async (): Promise<{ rows: number; ids: number }> => {
    const [row] = await installation.doors.rows<{ rows: string; ids: string }>(statement, { account });
    return { rows: Number(row?.rows), ids: Number(row?.ids) };
  };
  await until(async () => (await count()).ids >= sent, {
    what: `${sent} settlements in ClickHouse`,
    timeoutMs: limits.faultSettleMsMax,
  });
  const { rows, ids } = await count();
  return { lost: sent - ids, doubled: rows - sent };
}

async function deadLetterReason(nats: NatsConnection, subject: string): Promise<string> {
  const manager = await nats.jetstreamManager();
  try {
    const { data } = await until(
      () => manager.streams.getMessage('DEAD_LETTERS', { last_by_subj: subject }),
      {
        what: subject,
        timeoutMs: limits.faultSettleMsMax,
      },
    );
    return String((JSON.parse(Buffer.from(data).toString('utf8')) as Json)['reason']);
  } catch {
    return 'missing';
  }
}
