import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { schemaFiles } from '../../../scripts/schemas/files.ts';
import { parseDecimal } from '../../../src/domain/decimal.ts';
import { instrumentProblem, InstrumentTable } from '../../../src/domain/instrument.ts';
import { isDate, isZone } from '../../../src/domain/session-day.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { accountMessage } from '../../../streams/codec/account-view.ts';
import { encodeAlert } from '../../../streams/codec/alert.ts';
import { ByteWriter } from '../../../streams/codec/byte-writer.ts';
import { encodeDeadLetter } from '../../../streams/codec/dead-letter-message.ts';
import { DeadLetterPayloads } from '../../../streams/codec/dead-letter-payload.ts';
import { writeEquity } from '../../../streams/codec/equity-message.ts';
import { readInstrument } from '../../../streams/codec/instrument-message.ts';
import { LedgerDecoder } from '../../../streams/codec/ledger-message.ts';
import { PriceDecoder } from '../../../streams/codec/price-decoder.ts';
import { schemaDocument, type SchemaName } from '../../../streams/codec/schemas.ts';
import { SymbolLookup } from '../../../streams/codec/symbol-lookup.ts';
import { readTick } from '../../../streams/codec/tick-message.ts';
import { readTrades } from '../../../streams/codec/trade.ts';
import { RecordingIntake } from '../support/recording-intake.ts';
import { sampleCurve } from '../support/sample-rows.ts';
import { sampleView } from '../support/sample-view.ts';

const ajv = new Ajv({ allowUnionTypes: true });
const bytes = (message: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(message));
const parse = (data: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(data));

function validator(name: SchemaName): (message: unknown) => boolean {
  const document = schemaDocument(name);
  const validate = ajv.getSchema(`tidemark/${name}.json`) ?? ajv.compile(document);
  return (message) => validate(message) === true;
}

function assertValid(name: SchemaName, message: unknown): void {
  const validate = ajv.compile({ ...schemaDocument(name), $id: `${name}-${String(counter++)}` });
  assert.ok(validate(message), JSON.stringify(validate.errors));
}
let counter = 0;

type Message = Readonly<Record<string, unknown>>;

describe('the published schemas', () => {
  it('are what the code says', async () => {
    const folder = new URL('../../../docs/schemas/', import.meta.url);
    const files = await schemaFiles();
    assert.deepEqual(readdirSync(folder).toSorted(), [...files.keys()].toSorted());
    for (const [file, text] of files) {
      const kept = readFileSync(new URL(file, folder), 'utf8');
      assert.equal(kept, text, `${file}: run node --import tsx scripts/schemas.ts`);
    }
  });

  it('fit the equity message, whose fields and order are the contract’s', () => {
    const fields =
      'account_id tick timestamp total_equity cash_balance position_value unrealized_pnl realized_pnl fees net_flow ' +
      'day_change day_change_percent nav peak_nav drawdown max_drawdown currency state sequence';
    const safe = fc.maxSafeInteger();
    const ratio = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(NaN));
    const amounts = {
      totalEquity: safe,
      cashBalance: safe,
      positionValue: safe,
      dayChange: safe,
      netFlow: safe,
    };
    const ratios = { dayChangePercent: ratio, nav: ratio, peakNav: ratio };
    fc.assert(
      fc.property(
        fc.record({ ...amounts, ...ratios, drawdown: fc.double({ min: -1, max: 0, noNaN: true }) }),
        (some) => {
          const update = sampleCurve(some);
          const w = new ByteWriter(16);
          writeEquity(w, update);
          const message = parse(w.bytes.subarray(0, w.length)) as Message;
          assert.equal(Object.keys(message).join(' '), fields);
          assertValid('equity', message);
          const wire = (x: number): number | null => (Number.isNaN(x) ? null : x + 0);
          assert.equal(message['total_equity'], update.totalEquity + 0);
          assert.equal(message['day_change'], update.dayChange + 0);
          assert.equal(message['nav'], wire(update.nav));
          assert.equal(message['drawdown'], wire(update.drawdown));
          assert.equal(message['sequence'], update.sequence);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('fit what is answered, alerted and kept as dead letter', () => {
    assertValid('inspect', JSON.parse(JSON.stringify(accountMessage(sampleView()))));
    const empty = { nav: null, peakNav: null, units: null, dayChangePercent: null, underwaterSince: null };
    assertValid(
      'inspect',
      JSON.parse(JSON.stringify(accountMessage(sampleView({ ...empty, positions: [], cash: {} })))),
    );
    const alert = {
      kind: 'unpriced',
      account: '7',
      id: 'SAP-1',
      state: 'raised',
      severity: 'warning',
    } as const;
    assertValid('alert', parse(encodeAlert({ ...alert, message: 'no price', details: {}, timestamp: 1 })));
    const letter = {
      stream: 'LEDGER',
      sequence: 1,
      index: 0,
      subject: 'cash.7',
      account: '7',
      time: 1,
    } as const;
    for (const payload of [bytes({}), Uint8Array.of(255)]) {
      const whole = { ...letter, reason: 'malformed', detail: '', payload } as const;
      assertValid('dead_letter', parse(encodeDeadLetter(whole, new DeadLetterPayloads(), 1_000_000)));
    }
  });
});

/** Messages of which each field is mostly right, sometimes of another kind, sometimes missing. */
function messages(good: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Message> {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      true,
      [],
      {},
      'x y',
      '1e5',
      '-0',
      '007',
      1e21,
      1e-7,
      '.5',
      '5.',
    ),
    fc.constantFrom<unknown>(
      2 ** 53,
      0.1 + 0.2,
      123456789012345.6,
      'a'.repeat(65),
      'a'.repeat(257),
      '12',
      '-3.25',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ maxLength: 8 }).map((text) => text.replace(/[^ -~]/g, '?')),
  );
  const fields = Object.entries(good).map(([name, right]) =>
    fc
      .oneof(
        { weight: 12, arbitrary: right.map((value) => [[name, value]]) },
        { weight: 1, arbitrary: odd.map((v) => [[name, v]]) },
        { weight: 1, arbitrary: fc.constant([]) },
      )
      .map((pairs) => pairs as [string, unknown][]),
  );
  return fc.tuple(...fields).map((pairs) => Object.fromEntries(pairs.flat()) as Message);
}

const decimal = fc.oneof(fc.constantFrom<unknown>('1', '0.50', '-2.25', 3, 0.25), fc.integer());
const optional = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => right;
const ids = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), fc.integer());
const symbols = fc.constantFrom('SAP', 'BRK.B', 'EUR/USD', 'a%b');
const currencies = fc.constantFrom('USD', 'EUR', 'nope');
const times = fc.nat();

describe('what decoders take is what the schemas allow, and the rules that no schema can say', () => {
  const decoder = new LedgerDecoder(new SymbolTable());

  function holds(
    name: SchemaName,
    message: fc.Arbitrary<unknown>,
    takes: (message: unknown) => boolean,
    rule: (message: Message) => boolean = () => true,
  ): void {
    const isValid = validator(name);
    let taken = 0;
    fc.assert(
      fc.property(message, (m) => {
        const expected = isValid(m) && rule(m as Message);
        assert.equal(takes(m), expected, `${name}: ${JSON.stringify(m)}`);
        if (expected) taken++;
      }),
      { numRuns: 5_000 },
    );
    assert.ok(taken > 500, `only ${taken} were good`);
  }

  const takes =
    (subject: string) =>
    (message: unknown): boolean => {
      const { items } = decoder.decode(new TextEncoder().encode(subject), bytes(message), 1, 1);
      return items.every(
        (item) => item.kind !== 'rejected' || !['malformed', 'unknown_kind'].includes(item.reason),
      );
    };
  const exact =
    (...fields: string[]) =>
    (m: Message): boolean =>
      fields.every((field) => m[field] === undefined || parseDecimal(m[field]) !== null);

  it('for settlements', () => {
    const message = messages({
      id: ids,
      type: optional(fc.constantFrom('fill', 'transfer')),
      side: fc.constantFrom('buy', 'sell', 'in', 'out'),
      symbol: symbols,
      quantity: decimal,
      price: decimal,
      fee: fc.integer(),
      fee_currency: currencies,
      fee_quantity: decimal,
      source: fc.constantFrom('', 'venue'),
      sequence: fc.integer(),
      ts: times,
    });
    const rule = exact('quantity', 'price', 'fee_quantity');
    holds('settlement', message, takes('settlements.7'), rule);
  });

  it('for cash', () => {
    const message = messages({
      id: ids,
      type: fc.constantFrom(
        'deposit',
        'withdrawal',
        'fee',
        'dividend',
        'interest',
        'conversion',
        'conversion',
      ),
      amount: fc.integer(),
      currency: currencies,
      to_currency: currencies,
      to_amount: fc.integer(),
      symbol: symbols,
      effective_at: fc.oneof(times, fc.constantFrom('2026-03-08', '2026-02-30', '1969-12-31', 'today')),
      notes: fc.constantFrom('', 'a note'),
      ts: times,
    });
    const isDated = ({ effective_at: at }: Message): boolean => typeof at !== 'string' || isDate(at);
    holds('cash', message, takes('cash.7'), isDated);
  });

  it('for accounts', () => {
    const message = messages({
      type: fc.constantFrom('open', 'configure', 'suspend', 'resume', 'close'),
      name: fc.constantFrom('', 'Ann'),
      base_currency: currencies,
      timezone: fc.constantFrom('America/New_York', 'UTC'),
      cutover: fc.constantFrom('17:00', '00:00'),
      calendar: fc.constantFrom('weekdays', 'all'),
      account_type: fc.constant('margin'),
      limits: fc.constantFrom<unknown>({ a: 1 }, []),
      ts: times,
    });
    const rule = (m: Message): boolean => m['timezone'] === undefined || isZone(m['timezone'] as string);
    holds('account', message, takes('accounts.7'), rule);
  });

  it('for rebases', () => {
    const ratio = fc.constantFrom<unknown>(1.25, 2);
    const drawdown = fc.constantFrom(-0.25, 0);
    const whole = {
      ...{ type: 'rebase', id: 'rebase-9', of: 9, from: 1, through: 2, units_factor: 1, units: 1, nav: 2 },
      ...{ epoch: 1, wiped_out: false, peak_nav: 2, peak_ts: 1, max_drawdown: 0, max_drawdown_life: 0 },
      ...{ peak_profit: 0, day_open_nav: 1, day_open_equity: 1, ts: 3 },
    };
    const agrees = (m: Message): boolean =>
      m['id'] === 'rebase-9' &&
      m['of'] === 9 &&
      (m['max_drawdown_life'] as number) <= (m['max_drawdown'] as number) &&
      (m['units'] !== null || m['nav'] === null || m['wiped_out'] === true) &&
      (m['nav'] === null) === (m['peak_nav'] === null) &&
      (m['nav'] !== null || m['units'] === null) &&
      (m['units_factor'] === null || (m['units'] as number) > 0) &&
      m['wiped_out'] === (m['nav'] === 0);
    for (const some of [
      { id: fc.constantFrom('rebase-9', 'rebase-8'), from: times, through: times, ts: times },
      { units_factor: ratio, units: ratio, nav: ratio, peak_nav: ratio, wiped_out: fc.boolean() },
      { max_drawdown: drawdown, max_drawdown_life: drawdown, epoch: fc.nat(5), day_open_nav: ratio },
      { peak_profit: fc.integer(), day_open_equity: fc.integer(), peak_ts: times, of: fc.constant(9) },
    ]) {
      const fields: Record<string, fc.Arbitrary<unknown>> = some;
      const message = messages(fields).map((m) => {
        const others = Object.entries(whole).filter(([name]) => !(name in fields));
        return { ...Object.fromEntries(others), ...m };
      });
      holds('account', message, takes('accounts.7'), agrees);
    }
  });

  it('for trades', () => {
    const message = messages({
      id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,59}$/), fc.integer()),
      symbol: symbols,
      price: decimal,
      quantity: decimal,
      buyer: ids,
      seller: ids,
      buyer_fee: fc.integer(),
      ts: times,
    });
    const isTaken = (m: unknown): boolean => readTrades(bytes(m)).every(({ kind }) => kind === 'trade');
    holds('trade', message, isTaken, exact('price', 'quantity'));
  });

  it('for instruments', () => {
    const message = messages({
      currency: fc.constant('EUR'),
      price_scale: fc.nat(12),
      quantity_scale: fc.nat(12),
      multiplier: fc.constantFrom<unknown>(50, '0.5'),
      style: fc.constantFrom('spot', 'margined'),
      sector: fc.constant('Software'),
      initial_margin_rate: fc.constantFrom(0.5, 1),
    });
    const isTaken = (m: unknown): boolean => readInstrument(bytes(m)).kind === 'instrument';
    const rule = (m: Message): boolean => instrumentProblem(m) === null;
    holds('instrument', message, isTaken, rule);
  });

  it('for ticks and prices', () => {
    holds('tick', messages({ tick: fc.nat(), ts: times }), (m) => readTick(bytes(m)).kind === 'tick');
    const table = new SymbolTable();
    const prices = new PriceDecoder(
      new SymbolLookup(table),
      new InstrumentTable(table),
      new RecordingIntake(),
    );
    const isPrice = (m: unknown): boolean => prices.one(table.intern('A'), bytes(m))?.reason !== 'malformed';
    const price = fc.oneof(
      messages({ price: decimal, ts: times }),
      messages({ bid: decimal, ask: decimal, ts: times }),
      messages({ price: decimal, bid: decimal, ask: decimal, ts: times }),
    );
    holds('price', price, isPrice);
    const isBatch = (m: unknown): boolean => {
      let refused = 0;
      prices.batch(bytes(m), (_index, { reason }) => {
        if (reason === 'malformed') refused++;
      });
      return refused === 0;
    };
    const element = messages({ symbol: symbols, price: decimal, ts: times });
    holds('prices', fc.array(element, { maxLength: 3 }), isBatch);
  });
});
