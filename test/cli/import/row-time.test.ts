import assert from 'node:assert/strict';
import { RowTime, type TimeField } from '../../../src/cli/import/row-time.ts';
import { SessionCalendar } from '../../../src/domain/session-day.ts';

const newYork = new SessionCalendar('America/New_York', 17 * 60);

describe('the time of a row', () => {
  const cases: [TimeField, string, number][] = [
    ['ts_ms', '1381219217034', 1_381_219_217_034],
    ['ts', '1381219217034', 1_381_219_217_034],
    ['ts', '1381219217', 1_381_219_217_000],
    ['ts', '1381219217.5', 1_381_219_217_500],
    ['ts', '1381219217034567', 1_381_219_217_034],
    ['ts', '1381219217034567890', 1_381_219_217_034],
    ['time', '2013-10-08T08:00:17.034Z', 1_381_219_217_034],
    ['timestamp', '2013-10-08 08:00:17.034', 1_381_219_217_034],
    ['datetime', '2013-10-08T04:00:17.034-04:00', 1_381_219_217_034],
    // The last millisecond of the session day: 17:00 in New York is 21:00 in summer, 22:00 in winter.
    ['date', '2013-10-08', Date.UTC(2013, 9, 8, 21) - 1],
    ['date', '20131008', Date.UTC(2013, 9, 8, 21) - 1],
    ['date', '1998-01-02', Date.UTC(1998, 0, 2, 22) - 1],
    ['date', '2026-03-08', Date.UTC(2026, 2, 8, 21) - 1],
    ['date', '2026-11-01', Date.UTC(2026, 10, 1, 22) - 1],
    ['ts', '2013-10-08', Date.UTC(2013, 9, 8, 21) - 1],
  ];
  for (const [field, text, ms] of cases) {
    it(`is ${new Date(ms).toISOString()} for ${field} ${text}`, () => {
      assert.equal(new RowTime(newYork).read(field, text), ms);
    });
  }

  it('by date lies in the session of that date, in any zone', () => {
    for (const [zone, cutover] of [
      ['Asia/Tokyo', 0],
      ['Pacific/Auckland', 17 * 60],
      ['America/Los_Angeles', 60],
      ['UTC', 23 * 60 + 59],
    ] as const) {
      const calendar = new SessionCalendar(zone, cutover);
      const time = new RowTime(calendar);
      for (let day = 0; day < 800; day++) {
        const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
        const ms = time.read('date', date);
        assert.equal(calendar.dateOf(ms), date, `${zone} ${date}`);
        assert.equal(calendar.endAfter(ms), ms + 1, `${zone} ${date}`);
      }
    }
  });

  it('is none for what is no time', () => {
    for (const [field, text] of [
      ['ts_ms', '2013-10-08'],
      ['ts_ms', ''],
      ['ts', 'noon'],
      ['ts', '-5'],
      ['date', '2013-13-08'],
      ['date', '08.10.2013'],
    ] as const) {
      assert.ok(Number.isNaN(new RowTime(newYork).read(field, text)), text);
    }
  });
});
