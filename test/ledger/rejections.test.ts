/** Every reason for which the ledger refuses a message, and of two reasons the one that is said. */
import assert from 'node:assert/strict';
import { rejectionReasons } from '../../src/domain/rejection.ts';
import type { RejectionReason } from '../../src/domain/rejection.ts';
import { LedgerBench } from '../support/ledger-bench.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Fault {
  readonly reason: RejectionReason;
  /** What it changes in a good message. */
  readonly fields?: Fields;
  /** What came before, on the same subject kind unless it says otherwise. */
  readonly before?: readonly { readonly subject?: string; readonly fields: Fields }[];
  readonly accountsMustBeOpened?: true;
}

interface Area {
  readonly subject: string;
  /** Its good message is about an account that is there. */
  readonly needsAccount?: true;
  readonly good: Fields;
  readonly faults: readonly Fault[];
}

const closed = [
  { subject: 'accounts', fields: { type: 'open' } },
  { subject: 'accounts', fields: { type: 'close' } },
];

const areas: readonly Area[] = [
  {
    subject: 'settlements',
    good: { id: 'f', symbol: 'X', side: 'buy', quantity: '1', price: '10', fee: 0 },
    faults: [
      { reason: 'malformed', fields: { side: 'hold' } },
      { reason: 'unknown_kind', fields: { type: 'swap' } },
      { reason: 'account_unknown', accountsMustBeOpened: true },
      // Bought and sold again, so that the account can be closed as well.
      {
        reason: 'id_conflict',
        before: [
          { fields: { quantity: '7', price: '1' } },
          { fields: { id: 'g', side: 'sell', quantity: '7', price: '1' } },
        ],
      },
      { reason: 'account_closed', before: closed },
      { reason: 'currency_unknown', fields: { fee_currency: 'euro' } },
      { reason: 'precision_exceeds_scale', fields: { price: '10.00001' } },
      { reason: 'quantity_not_positive', fields: { quantity: '0' } },
      { reason: 'style_forbids', fields: { symbol: 'M', fee_quantity: '0.5' } },
      { reason: 'amount_out_of_range', fields: { fee: Number.MAX_SAFE_INTEGER } },
    ],
  },
  {
    subject: 'cash',
    good: {
      id: 'c',
      type: 'conversion',
      amount: 5,
      currency: 'USD',
      to_currency: 'EUR',
      to_amount: 5,
      notes: '',
    },
    faults: [
      { reason: 'malformed', fields: { notes: 5 } },
      { reason: 'unknown_kind', fields: { type: 'gift' } },
      { reason: 'account_unknown', accountsMustBeOpened: true },
      {
        reason: 'id_conflict',
        before: [
          { fields: { type: 'deposit', amount: 7 } },
          { fields: { id: 'd', type: 'withdrawal', amount: 7 } },
        ],
      },
      { reason: 'account_closed', before: closed },
      { reason: 'currency_unknown', fields: { to_currency: 'euro' } },
      { reason: 'quantity_not_positive', fields: { to_amount: 0 } },
      {
        reason: 'amount_out_of_range',
        before: [{ fields: { id: 'w', type: 'withdrawal', amount: Number.MAX_SAFE_INTEGER } }],
      },
    ],
  },
  {
    subject: 'accounts',
    needsAccount: true,
    good: { type: 'close' },
    faults: [
      { reason: 'malformed', fields: { timezone: 'Atlantis' } },
      { reason: 'unknown_kind', fields: { type: 'merge' } },
      { reason: 'account_unknown', accountsMustBeOpened: true },
      { reason: 'currency_unknown', fields: { base_currency: 'euro' } },
      {
        reason: 'account_not_empty',
        before: [{ subject: 'cash', fields: { id: 'd', type: 'deposit', amount: 1 } }],
      },
    ],
  },
];

/** A closed account is empty, an unknown one has had nothing: these cannot both be. */
function canBoth(one: Fault, other: Fault): boolean {
  const reasons = [one.reason, other.reason];
  if (reasons.includes('account_unknown')) return one.before === undefined && other.before === undefined;
  return !(
    reasons.includes('account_closed') &&
    reasons.includes('amount_out_of_range') &&
    other.before &&
    one.before
  );
}

function verdictOf({ subject, good, needsAccount }: Area, faults: readonly Fault[]): unknown {
  const isUnknown = faults.some((f) => f.accountsMustBeOpened === true);
  const bench = new LedgerBench({ autoOpen: !isUnknown });
  bench.instrument('M', { style: 'margined' });
  let sequence = 0;
  if (needsAccount === true && !isUnknown) bench.apply('accounts.a', { type: 'open' }, ++sequence);
  // What closes the account comes last of what came before.
  const before = faults
    .flatMap((f) => f.before ?? [])
    .sort((a, b) => Number(a.subject === 'accounts') - Number(b.subject === 'accounts'));
  for (const each of before) {
    const fields = each.subject === undefined ? { ...good, ...each.fields } : each.fields;
    const verdict = bench.apply(`${each.subject ?? subject}.a`, fields, ++sequence);
    assert.deepEqual(verdict, { applied: true }, JSON.stringify(fields));
  }
  const was = bench.inspect('a');
  const message = Object.assign({}, good, ...faults.map((f) => f.fields ?? {})) as Fields;
  const verdict = bench.apply(`${subject}.a`, message, sequence + 1);
  const is = bench.inspect('a');
  // Nothing has changed, but how far the ledger was read.
  if (was !== null) assert.deepEqual({ ...is, sequence: 0 }, { ...was, sequence: 0 });
  else assert.equal(is, null);
  return verdict;
}

describe('a refused message', () => {
  for (const area of areas) {
    const { subject, good, faults } = area;
    it(`on ${subject} has the reason of its one fault, and changes nothing`, () => {
      const bench = new LedgerBench();
      if (subject === 'accounts') bench.apply('accounts.a', { type: 'open' }, 1);
      assert.deepEqual(bench.apply(`${subject}.a`, good, 2), { applied: true });
      for (const fault of faults)
        assert.deepEqual(verdictOf(area, [fault]), { rejected: fault.reason }, fault.reason);
    });

    it(`on ${subject} has of two faults the reason that ranks first`, () => {
      for (const one of faults) {
        for (const other of faults) {
          if (one === other || !canBoth(one, other)) continue;
          const first = rejectionReasons.find((r) => r === one.reason || r === other.reason);
          assert.deepEqual(
            verdictOf(area, [one, other]),
            { rejected: first },
            `${one.reason} and ${other.reason}`,
          );
        }
      }
    });
  }

  it('ranks as the contract has it', () => {
    assert.deepEqual(rejectionReasons, [
      ...[
        'malformed',
        'unknown_kind',
        'account_unknown',
        'id_conflict',
        'account_closed',
        'currency_unknown',
      ],
      ...['precision_exceeds_scale', 'quantity_not_positive', 'style_forbids', 'account_not_empty'],
      ...['settlement_unknown', 'amount_out_of_range'],
    ]);
  });

  it('opens no account when it is the first, and takes no id', () => {
    const bench = new LedgerBench();
    const fill = { id: '1', symbol: 'X', side: 'buy', quantity: '0', price: '1' };
    assert.deepEqual(bench.apply('settlements.a', fill, 1), { rejected: 'quantity_not_positive' });
    assert.equal(bench.inspect('a'), null);
    assert.deepEqual(bench.tick(), []);
    assert.deepEqual(bench.apply('settlements.a', { ...fill, quantity: '1' }, 2), { applied: true });
    assert.equal(bench.inspect('a')?.['sequence'], 2);
  });

  it("moves the account's sequence past it, and emits nothing", () => {
    const bench = new LedgerBench();
    bench.apply('cash.a', { id: '1', type: 'deposit', amount: 1 }, 1);
    bench.tick();
    assert.deepEqual(bench.apply('cash.a', { id: '2', type: 'deposit', amount: 0 }, 5), {
      rejected: 'quantity_not_positive',
    });
    assert.equal(bench.inspect('a')?.['sequence'], 5);
    assert.deepEqual(bench.tick(), []);
  });

  it('is none of what is not JSON, no object, or on a subject with more tokens', () => {
    const bench = new LedgerBench();
    const texts = [
      '',
      '{',
      'null',
      '7',
      '"x"',
      '[]',
      '[[]]',
      '\u0000',
      '{"id":"1","type":"deposit","amount":1}}',
    ];
    texts.forEach((text, i) => {
      assert.deepEqual(bench.applyText('cash.a', text, i + 1), [{ rejected: 'malformed' }], text);
    });
    const good = '{"id":"1","type":"deposit","amount":1}';
    for (const subject of ['cash.a.b', 'cash', 'cash.', 'settle.a', 'cash.a*', `cash.${'x'.repeat(65)}`]) {
      assert.deepEqual(bench.applyText(subject, good, 100), [{ rejected: 'malformed' }], subject);
    }
  });

  it('in an array is told by its place; the others of the array are applied', () => {
    const bench = new LedgerBench();
    const deposit = { id: '1', type: 'deposit', amount: 5 };
    const array = [{ ...deposit, amount: 0 }, deposit, 7, { ...deposit, id: '2' }, deposit];
    assert.deepEqual(bench.applyText('cash.a', JSON.stringify(array), 1), [
      ...[{ rejected: 'quantity_not_positive' }, { applied: true }, { rejected: 'malformed' }],
      ...[{ applied: true }, { duplicate: true }],
    ]);
    assert.deepEqual(bench.inspect('a')?.['cash'], { USD: 10 });
  });
});
