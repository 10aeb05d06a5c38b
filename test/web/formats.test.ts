/** Figures as the dashboard shows them. */
import assert from 'node:assert/strict';
import { Decimals } from '../../web/format/decimal.ts';
import { Money } from '../../web/format/money.ts';
import { arrows, directionOf, Ratios } from '../../web/format/ratio.ts';
import { sessionDateOf } from '../../web/format/session-date.ts';
import { duration, Times } from '../../web/format/time.ts';

describe('amounts', () => {
  const money = new Money('en-US');

  it('have the decimals of their currency', () => {
    const shown = ['USD', 'JPY', 'KWD', 'BTC'].map((currency) => money.amount(123_456_789, currency));
    assert.deepEqual(shown, ['1,234,567.89', '123,456,789', '123,456.789', '1.23456789']);
  });

  it('are exact up to the largest there is', () => {
    assert.equal(money.amount(Number.MAX_SAFE_INTEGER, 'USD'), '90,071,992,547,409.91');
    assert.equal(money.amount(-Number.MAX_SAFE_INTEGER, 'KWD'), '-9,007,199,254,740.991');
  });

  it('carry their sign where they are changes, and none where there is none', () => {
    assert.deepEqual(
      [5, -5, 0].map((minor) => money.signed(minor, 'USD')),
      ['+0.05', '-0.05', '0.00'],
    );
  });

  it('are written with their currency as Intl does, or with its code where Intl knows none', () => {
    assert.equal(money.full(155_539_589, 'USD'), '$1,555,395.89');
    assert.equal(money.full(1_000, 'JPY'), '¥1,000');
    assert.equal(money.full(1_500_000, 'USDT'), '1.500000 USDT');
  });

  it('follow the decimals that the gateway has', () => {
    const configured = new Money('en-US');
    configured.setExponents({ XYZ: 4, USD: 2 });
    assert.equal(configured.amount(12_345, 'XYZ'), '1.2345');
  });

  it('are short on an axis', () => {
    const shown = [1_234, 155_539_589, 123_456_789_012].map((minor) => money.short(minor, 'USD'));
    assert.deepEqual(shown, ['12.34', '1,555,396', '1.2346B']);
  });
});

describe('ratios', () => {
  const ratios = new Ratios('en-US');
  it('are percent with two decimals, NAV with four, and a dash where there is none', () => {
    assert.equal(ratios.percent(-0.04567), '-4.57%');
    assert.equal(ratios.signedPercent(0.01), '+1.00%');
    assert.equal(ratios.nav(1.23456), '1.2346');
    assert.deepEqual([ratios.percent(null), ratios.nav(null)], ['–', '–']);
  });

  it('are told by an arrow, too', () => {
    assert.deepEqual(
      [0.1, -0.1, 0, null].map((change) => arrows[directionOf(change)]),
      ['▲', '▼', '', ''],
    );
  });
});

describe('decimals', () => {
  it('keep every digit', () => {
    const decimals = new Decimals('en-US');
    assert.equal(decimals.text('12345678901234567.000000001'), '12,345,678,901,234,567.000000001');
    assert.deepEqual([decimals.text('-3'), decimals.text('110', 2)], ['-3', '110.00']);
  });
});

describe('times', () => {
  it('are those of a zone', () => {
    const times = new Times('en-GB', 'Europe/Berlin');
    const ms = Date.parse('2026-03-02T20:05:09Z');
    assert.equal(times.clock(ms), '21:05:09');
    assert.equal(times.moment(ms), '02 Mar 2026, 21:05:09');
  });

  it('that last are in their two largest units', () => {
    const shown = [0, 940, 75_000, 3_600_000, 90_061_000].map(duration);
    assert.deepEqual(shown, ['0.0 s', '0.9 s', '1 min 15 s', '1 h', '1 d 1 h']);
  });
});

describe('the session day', () => {
  it('ends at the cut-over of the zone', () => {
    const day = (utc: string, cutover: string, zone = 'America/New_York'): string =>
      sessionDateOf(Date.parse(utc), zone, cutover);
    assert.equal(day('2026-03-02T21:59:59Z', '17:00'), '2026-03-02');
    assert.equal(day('2026-03-02T22:00:00Z', '17:00'), '2026-03-03');
    assert.equal(day('2026-12-31T23:30:00Z', '17:30'), '2027-01-01');
    assert.equal(day('2026-03-02T12:00:00Z', '00:00', 'UTC'), '2026-03-02');
  });
});
