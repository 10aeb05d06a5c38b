import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InstrumentTable } from '../../../src/domain/instrument.ts';
import { roundedAtScale } from '../../../src/domain/decimal.ts';
import type { Rejected } from '../../../src/domain/rejection.ts';
import { SymbolTable } from '../../../src/domain/symbol-table.ts';
import { notJson, parseJson } from '../../../streams/codec/json.ts';
import { PriceDecoder } from '../../../streams/codec/price-decoder.ts';
import { readPriceMessage } from '../../../streams/codec/price-message.ts';
import { SymbolLookup } from '../../../streams/codec/symbol-lookup.ts';
import { RecordingIntake } from '../support/recording-intake.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function decoder(): { decoder: PriceDecoder; intake: RecordingIntake; symbols: SymbolTable } {
  const symbols = new SymbolTable();
  const instruments = new InstrumentTable(symbols);
  const intake = new RecordingIntake();
  return { decoder: new PriceDecoder(new SymbolLookup(symbols), instruments, intake), intake, symbols };
}

function one(text: string, symbol = 'AAPL'): RecordingIntake & { why: Rejected | null } {
  const { decoder: d, intake, symbols } = decoder();
  const why = d.one(symbols.intern(symbol), bytes(text));
  return Object.assign(intake, { why });
}

/** What the plain decoder makes of it: JSON.parse, fields, rounding. */
function plain(text: string, symbol: string): { intake: RecordingIntake; reason: string | null } {
  const intake = new RecordingIntake();
  const scale = scaleOf(symbol);
  const message = parseJson(bytes(text));
  if (message === notJson) return { intake, reason: 'malformed: not JSON' };
  const read = readPriceMessage(message);
  if (read.kind === 'rejected') return { intake, reason: `malformed: ${read.detail}` };
  const figures = read.kind === 'price' ? [read.price] : [read.bid, read.ask];
  const units = figures.map((d) => roundedAtScale(d, scale));
  const wrong = units.findIndex((n) => Number.isNaN(n));
  if (wrong >= 0) {
    const field = read.kind === 'price' ? 'price' : wrong === 0 ? 'bid' : 'ask';
    return { intake, reason: `amount_out_of_range: ${field}` };
  }
  if (figures.some((d) => d.scale > scale)) intake.rounded(1);
  if (read.kind === 'price') intake.offer(0, units[0]!, read.ts);
  else intake.offerQuote(0, units[0]!, units[1]!, read.ts);
  return { intake, reason: null };
}

const scaleOf = (symbol: string): number => (symbol === 'EURUSD' ? 5 : symbol === 'USDJPY' ? 3 : 4);

describe('price messages', () => {
  it('are read from their bytes into integers at the scale of the symbol', () => {
    assert.deepEqual(one('{"price":"187.23","ts":1760000000000}').offers, [
      [0, 1_872_300, 1_760_000_000_000],
    ]);
    assert.deepEqual(one('{"price": 187.23, "ts": 1760000000000}').offers, [
      [0, 1_872_300, 1_760_000_000_000],
    ]);
    assert.deepEqual(one('{"ts":1,"price":"-37.63"}').offers, [[0, -376_300, 1]]);
    assert.deepEqual(one('{"price":"0"}').offers, [[0, 0, NaN]]);
    assert.deepEqual(one('{"bid":"1.09","ask":1.10001,"ts":5}', 'EURUSD').quotes, [[0, 109_000, 110_001, 5]]);
  });

  it('are rounded half to even where they have more digits, and counted', () => {
    const rounded = (price: string): unknown => {
      const read = one(`{"price":"${price}","ts":1}`);
      return [read.offers[0]?.[1], read.roundedCount];
    };
    assert.deepEqual(rounded('1.00005'), [10_000, 1]);
    assert.deepEqual(rounded('1.00015'), [10_002, 1]);
    assert.deepEqual(rounded('-1.00015'), [-10_002, 1]);
    assert.deepEqual(rounded('1.00010000'), [10_001, 0]);
    assert.deepEqual(rounded('-0.00001'), [0, 1]);
    assert.deepEqual(rounded('1.000149999999999999999999'), [10_001, 1]);
  });

  it('say which field is wrong', () => {
    const why = (text: string): string => `${one(text).why?.reason ?? ''}: ${one(text).why?.detail ?? ''}`;
    assert.equal(why('{"price":"1,5"}'), 'malformed: price');
    assert.equal(why('{"price":null}'), 'malformed: price');
    assert.equal(why('{"price":"1","ts":"2"}'), 'malformed: ts');
    assert.equal(why('{"price":"1","ts":-2}'), 'malformed: ts');
    assert.equal(why('{"bid":"1"}'), 'malformed: ask');
    assert.equal(why('{}'), 'malformed: price');
    assert.equal(why('[]'), 'malformed: not an object');
    assert.equal(why('{"price":"1"'), 'malformed: not JSON');
    assert.equal(why('{"price":"1"} x'), 'malformed: not JSON');
    assert.equal(why(''), 'malformed: not JSON');
    assert.equal(why('{"price":"9999999999999999"}'), 'amount_out_of_range: price');
  });

  it('mean the same to the scanner and to the plain decoder, whatever they look like', () => {
    const digits = fc.stringMatching(/^-?\d{0,20}(\.\d{0,14})?$/);
    const value = fc.oneof(
      { weight: 6, arbitrary: digits.map((d) => `"${d}"`) },
      { weight: 4, arbitrary: digits },
      { weight: 2, arbitrary: fc.double().map((x) => JSON.stringify(x)) },
      { weight: 1, arbitrary: fc.json() },
      {
        weight: 1,
        arbitrary: fc.constantFrom('"1e5"', '1E2', '"\\u0031"', '01', '-0', '"-0.0"', '"+1"', '" 1"'),
      },
    );
    const ts = fc.oneof(
      fc.nat().map(String),
      fc.maxSafeNat().map(String),
      fc.double().map(String),
      fc.json(),
    );
    const key = fc.constantFrom('price', 'price', 'bid', 'ask', 'ts', 'ts', 'symbol', 'size', 'pri\\u0063e');
    const space = fc.constantFrom('', '', '', ' ', '\n', '\t ');
    const pair = fc
      .tuple(key, value, ts, space, space)
      .map(([k, v, t, a, b]) => `"${k}"${a}:${b}${k === 'ts' ? t : k === 'symbol' ? '"X"' : v}`);
    const message = fc
      .tuple(fc.array(pair, { maxLength: 4 }), space, fc.constantFrom('', '', '', '}', 'x', ' '))
      .map(([pairs, a, end]) => `${a}{${pairs.join(`,${a}`)}}${end}`);
    fc.assert(
      fc.property(
        fc.oneof(message, fc.json(), fc.string()),
        fc.constantFrom('AAPL', 'EURUSD', 'USDJPY'),
        (text, symbol) => {
          const fast = one(text, symbol);
          const slow = plain(text, symbol);
          assert.deepEqual(fast.why === null ? null : `${fast.why.reason}: ${fast.why.detail}`, slow.reason);
          assert.deepEqual(fast.offers, slow.intake.offers);
          assert.deepEqual(fast.quotes, slow.intake.quotes);
          assert.equal(fast.roundedCount, slow.intake.roundedCount);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});

describe('a batch of prices', () => {
  function batch(text: string): RecordingIntake & { refused: string[]; names: (index: number) => string } {
    const { decoder: d, intake, symbols } = decoder();
    const refused: string[] = [];
    d.batch(bytes(text), (index, { reason, detail }) => refused.push(`${index} ${reason}: ${detail}`));
    return Object.assign(intake, { refused, names: (index: number) => symbols.name(index) });
  }

  it('is taken element by element', () => {
    const read = batch(
      '[{"symbol":"BRK.B","price":"1.5","ts":1}, {"symbol":"EURUSD","bid":1,"ask":"1.00002","ts":2}]',
    );
    assert.deepEqual(read.offers, [[0, 15_000, 1]]);
    assert.deepEqual(read.quotes, [[1, 100_000, 100_002, 2]]);
    assert.equal(read.names(0), 'BRK.B');
  });

  it('names the index of what is wrong and takes the rest', () => {
    const read = batch(
      '[{"symbol":"A","price":"1"},{"price":"1"},7,{"symbol":"a b","price":"1"},{"symbol":"B","price":2}]',
    );
    assert.deepEqual(read.refused, [
      '1 malformed: symbol',
      '2 malformed: not an object',
      '3 malformed: symbol',
    ]);
    assert.deepEqual(
      read.offers.map(([, price]) => price),
      [10_000, 20_000],
    );
  });

  it('is refused whole when it is no array of JSON', () => {
    assert.deepEqual(batch('[{"symbol":"A","price":"1"},{"symbol":"B"').refused, ['0 malformed: not JSON']);
    assert.deepEqual(batch('[{"symbol":"A","price":"1"},{"symbol":"B"').offers, []);
    assert.deepEqual(batch('{"symbol":"A","price":"1"}').refused, ['0 malformed: not an array']);
    assert.deepEqual(batch('[]').refused, ['0 malformed: an empty array']);
  });

  it('means the same element by element as alone', () => {
    const element = fc.record(
      {
        symbol: fc.constantFrom('AAPL', 'EURUSD', 'a b', 'BRK.B'),
        price: fc.oneof(fc.integer().map(String), fc.double({ noNaN: true })),
        bid: fc.integer(),
        ask: fc.constantFrom('1.5', '2', 3.25),
        ts: fc.nat(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (elements) => {
        const together = batch(JSON.stringify(elements));
        const alone = elements.map((each) => batch(JSON.stringify([each])));
        const prices = (reads: RecordingIntake[]): unknown =>
          reads.flatMap((r) => r.offers.map(([, p, t]) => [p, t]));
        const quotes = (reads: RecordingIntake[]): unknown =>
          reads.flatMap((r) => r.quotes.map(([, ...q]) => q));
        assert.deepEqual(prices([together]), prices(alone));
        assert.deepEqual(quotes([together]), quotes(alone));
        assert.deepEqual(
          together.refused,
          alone.flatMap((r, i) => r.refused.map((text) => text.replace(/^0/, String(i)))),
        );
        assert.equal(
          together.roundedCount,
          alone.reduce((sum, r) => sum + r.roundedCount, 0),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('foreign prices', () => {
  const fx = { subject: 'fx-stream-global', symbol: 'pair', bid: 'b', ask: 'a', ts: 't', price_scale: 2 };

  function foreign(
    text: string,
    mapping: Parameters<PriceDecoder['foreign']>[1],
  ): RecordingIntake & { refused: string[] } {
    const { decoder: d, intake } = decoder();
    const refused: string[] = [];
    d.foreign(bytes(text), mapping, (index, { detail }) => refused.push(`${index} ${detail}`));
    return Object.assign(intake, { refused });
  }

  it('are read by their mapping, integers at its scale', () => {
    assert.deepEqual(foreign('{"pair":"EURUSD","b":109,"a":"111","t":7}', fx).quotes, [
      [0, 109_000, 111_000, 7],
    ]);
    const { price_scale: _, ...plainFx } = fx;
    assert.deepEqual(foreign('{"pair":"EURUSD","b":1.09,"a":"1.11","t":7}', plainFx).quotes, [
      [0, 109_000, 111_000, 7],
    ]);
    const last = { subject: 'x', symbol: 's', price: 'p' };
    assert.deepEqual(foreign('[{"s":"EUR/USD","p":-0.5},{"s":"ES","p":"4"}]', last).offers, [
      [0, -5000, NaN],
      [1, 40_000, NaN],
    ]);
  });

  it('say which of their fields is wrong', () => {
    assert.deepEqual(foreign('{"pair":"EURUSD","b":1.5,"a":2,"t":7}', fx).refused, ['0 b']);
    assert.deepEqual(foreign('{"pair":"EURUSD","b":1,"t":7}', fx).refused, ['0 a']);
    assert.deepEqual(foreign('{"pair":7,"b":1,"a":2}', fx).refused, ['0 pair']);
    assert.deepEqual(foreign('[{"pair":"EURUSD","b":1,"a":2,"t":"x"},3]', fx).refused, [
      '0 t',
      '1 not an object',
    ]);
    assert.deepEqual(foreign('nope', fx).refused, ['0 not JSON']);
  });
});
