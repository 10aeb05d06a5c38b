/** Session days over changes of daylight saving time, held to a wall clock that is read minute by minute. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isZone, minutesOf, SessionCalendar } from '../../src/domain/session-day.ts';
import { sessionDate, sessionEnd } from '../support/oracle/session.ts';

const hourMs = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

function calendar(zone: string, cutover: string): SessionCalendar {
  return new SessionCalendar(zone, minutesOf(cutover)!);
}

/** When the session that contains `at` ends. */
function endOf(zone: string, cutover: string, at: string): string {
  return iso(calendar(zone, cutover).endAfter(Date.parse(at)));
}

describe('a session day in New York, 17:00', () => {
  const newYork = calendar('America/New_York', '17:00');

  it('ends at 22:00Z in winter and 21:00Z in summer', () => {
    assert.equal(endOf('America/New_York', '17:00', '2026-01-15T12:00:00Z'), '2026-01-15T22:00:00.000Z');
    assert.equal(endOf('America/New_York', '17:00', '2026-07-15T12:00:00Z'), '2026-07-15T21:00:00.000Z');
  });

  it('has 23 hours when clocks go forward: 2026-03-08 ends 21:00Z', () => {
    const start = Date.parse('2026-03-07T22:00:00Z');
    assert.equal(iso(newYork.endAfter(start)), '2026-03-08T21:00:00.000Z');
    assert.equal(newYork.endAfter(start) - start, 23 * hourMs);
  });

  it('has 25 hours when clocks go back: 2026-11-01 ends 22:00Z', () => {
    const start = Date.parse('2026-10-31T21:00:00Z');
    assert.equal(iso(newYork.endAfter(start)), '2026-11-01T22:00:00.000Z');
    assert.equal(newYork.endAfter(start) - start, 25 * hourMs);
  });

  it('contains its first millisecond and not its end', () => {
    const end = Date.parse('2026-01-15T22:00:00Z');
    assert.equal(newYork.endAfter(end - 1), end);
    assert.equal(newYork.endAfter(end), end + 24 * hourMs);
    assert.equal(newYork.startOf(end - 1), end - 24 * hourMs);
    assert.equal(newYork.startOf(end), end);
  });

  it('has the local date of its last millisecond', () => {
    assert.equal(newYork.dateOf(Date.parse('2026-01-15T21:59:59.999Z')), '2026-01-15');
    assert.equal(newYork.dateOf(Date.parse('2026-01-15T22:00:00Z')), '2026-01-16');
    // Saturday, still Friday 23:00 in New York: of the session that ends on Saturday.
    assert.equal(newYork.dateOf(Date.parse('2026-01-17T04:00:00Z')), '2026-01-17');
  });
});

describe('a cut-over at a local time that is not one moment', () => {
  it('in a gap is the moment after it: New York, 02:30 on 2026-03-08 is 07:00Z', () => {
    assert.equal(endOf('America/New_York', '02:30', '2026-03-08T00:00:00Z'), '2026-03-08T07:00:00.000Z');
    assert.equal(endOf('America/New_York', '02:30', '2026-03-08T07:00:00Z'), '2026-03-09T06:30:00.000Z');
  });

  it('that exists twice is the first: New York, 01:30 on 2026-11-01 is 05:30Z', () => {
    assert.equal(endOf('America/New_York', '01:30', '2026-11-01T00:00:00Z'), '2026-11-01T05:30:00.000Z');
    // Between the first 01:30 and the second it is the next session already.
    assert.equal(endOf('America/New_York', '01:30', '2026-11-01T06:00:00Z'), '2026-11-02T06:30:00.000Z');
  });

  it('at a midnight that does not exist is 01:00: São Paulo, 2018-11-04', () => {
    assert.equal(endOf('America/Sao_Paulo', '00:00', '2018-11-03T12:00:00Z'), '2018-11-04T03:00:00.000Z');
  });
});

describe('a session day elsewhere', () => {
  it('in Tokyo has no daylight saving time, and dates of its own', () => {
    const tokyo = calendar('Asia/Tokyo', '17:00');
    assert.equal(iso(tokyo.endAfter(Date.parse('2026-03-08T00:00:00Z'))), '2026-03-08T08:00:00.000Z');
    assert.equal(tokyo.dateOf(Date.parse('2026-03-08T08:00:00Z')), '2026-03-09');
  });

  it('that ends at midnight has the date of the day it is', () => {
    const utc = calendar('UTC', '00:00');
    assert.equal(iso(utc.endAfter(Date.parse('2026-03-08T00:00:00Z'))), '2026-03-09T00:00:00.000Z');
    assert.equal(utc.dateOf(Date.parse('2026-03-08T00:00:00Z')), '2026-03-08');
    assert.equal(utc.dateOf(Date.parse('2026-03-08T23:59:59.999Z')), '2026-03-08');
  });

  it('ends and is dated as the clock on the wall says, anywhere and at any time', function () {
    this.timeout(60_000);
    const zones = fc.constantFrom(
      ...[
        'America/New_York',
        'Europe/Berlin',
        'Asia/Tokyo',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Pacific/Apia',
      ],
      ...[
        'America/Sao_Paulo',
        'America/St_Johns',
        'Pacific/Chatham',
        'Africa/Casablanca',
        'UTC',
        'Asia/Kolkata',
      ],
    );
    const cutovers = fc.constantFrom('00:00', '17:00', '02:30', '01:30', '23:59', '16:15');
    // Weeks in which some of them changed their clocks; Samoa went without 2011-12-30.
    const weeks = fc.constantFrom(
      '2026-03-06',
      '2026-10-30',
      '2011-12-28',
      '2018-11-02',
      '2026-04-03',
      '2026-03-27',
    );
    const hours = fc.integer({ min: 0, max: 7 * 24 * 60 });
    fc.assert(
      fc.property(zones, cutovers, weeks, hours, (zone, cutover, week, minutes) => {
        const at = Date.parse(`${week}T00:00:00Z`) + minutes * 60_000 + 1;
        const sessions = calendar(zone, cutover);
        const expected = sessionEnd(at, cutover, zone);
        assert.equal(iso(sessions.endAfter(at)), iso(expected));
        assert.equal(sessions.dateOf(at), sessionDate(at, cutover, zone));
        assert.ok(sessions.startOf(at) <= at);
      }),
      { numRuns: 600 },
    );
  });
});

describe('zones and times of day', () => {
  it('are told from what is none', () => {
    assert.ok(isZone('America/New_York') && isZone('UTC'));
    assert.ok(!isZone('America/Nowhere') && !isZone(''));
    assert.equal(minutesOf('17:00'), 1020);
    assert.equal(minutesOf('00:00'), 0);
    for (const text of ['24:00', '7:00', '17:60', '17:00:00', '']) assert.equal(minutesOf(text), null, text);
  });
});
