/**
 * Corrected history over random stories: flows booked later than they took effect and events voided later give, at every
 * tick, what a ledger has that had the flows in time and never saw what was voided.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CurveRow } from '../../src/domain/equity-update.ts';
import { CorrectedStory } from '../support/corrected-story.ts';
import { correctionSteps, tellSteps, type CorrectionStep } from '../support/correction-steps.ts';

const instruments = {
  ACME: {},
  ES: { multiplier: 50, style: 'margined', price_scale: 2 },
  COIN: { quantity_scale: 8, price_scale: 2 },
};
const symbols = Object.keys(instruments);
const startMs = Date.parse('2026-03-07T15:00:00Z');

const step = correctionSteps({ symbols });

function tell(steps: readonly CorrectionStep[], resolutionMs = 0): CorrectedStory {
  const story = new CorrectedStory({}, instruments, resolutionMs);
  for (const symbol of symbols) story.price(symbol, 50);
  story.tick(startMs);
  for (const time of tellSteps(story, steps, startMs)) story.tick(time);
  return story;
}

const exact = ['totalEquity', 'cashBalance', 'positionValue', 'unrealizedPnl', 'realizedPnl', 'fees', 'income', 'netFlow', 'dayNetFlow', 'dayOpenEquity', 'epoch', 'wipedOut', 'sessionDate'] as const; // prettier-ignore
const near = ['nav', 'peakNav', 'units', 'maxDrawdown', 'maxDrawdownLife', 'drawdown', 'dayOpenNav'] as const;

/** At every row of the one, the figures of the other, which may have its last row before it. */
function assertSame(meant: readonly CurveRow[], corrected: readonly CurveRow[]): void {
  let at = -1;
  for (const row of meant) {
    while ((corrected[at + 1]?.timestamp ?? Infinity) <= row.timestamp) at++;
    const found = corrected[at];
    assert.ok(found, `a row at or before ${row.timestamp}`);
    const pick = (from: CurveRow): object => Object.fromEntries(exact.map((name) => [name, from[name]]));
    // A day's opening is told by its first row.
    const isOfDay = found.sessionDate === row.sessionDate;
    assert.deepEqual(
      isOfDay ? pick(found) : found.totalEquity,
      isOfDay ? pick(row) : row.totalEquity,
      `at ${row.timestamp}`,
    );
    for (const name of near) {
      const [is, should] = [found[name], row[name]];
      if (!isOfDay && name === 'dayOpenNav') continue;
      const isSame = Object.is(is, should) || Math.abs(is - should) <= 1e-9 * Math.max(1, Math.abs(should));
      assert.ok(isSame, `${name} at ${row.timestamp}: ${is}, should be ${should}`);
    }
  }
}

describe('corrected history, over random stories', () => {
  it('is that of a ledger that had flows in time and never saw what was voided', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
        const story = tell(steps);
        const { rows } = await story.corrected();
        assertSame(story.meantRows, rows);
      }),
      { numRuns: 100 },
    );
  });

  it('ends each period at the same equity; nav, where only cash was voided, invents no peak and no fall', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
        const story = tell(steps, 4_000);
        const { rows } = await story.corrected();
        const isCashOnly = steps.every(({ events }) =>
          events.every((e) =>
            e.what === 'flow' ? e.bookAfter === null : e.what === 'charge' || e.voidAfter === null,
          ),
        );
        // Of a period that a correction cuts in two, the price at the cut is not recorded.
        const byPeriod = new Map(
          story.rows.map(({ timestamp }) => [Math.floor(timestamp / 4_000), timestamp]),
        );
        const ends = new Set(byPeriod.values());
        for (const row of rows.filter(({ timestamp }) => ends.has(timestamp))) {
          const meant = story.meantRows.findLast(({ timestamp }) => timestamp <= row.timestamp);
          if (meant === undefined) continue;
          assert.equal(row.totalEquity, meant.totalEquity, `at ${row.timestamp}`);
          assert.ok(!(row.navLow > row.nav) && !(row.navHigh < row.nav), 'within its extremes');
          // Ruin within a period is not seen at its end.
          if (!isCashOnly || story.meantRows.some(({ wipedOut, epoch }) => wipedOut || epoch > 1)) continue;
          if (row.wipedOut || row.epoch > 1) continue;
          const isSame =
            Object.is(row.nav, meant.nav) || Math.abs(row.nav - meant.nav) <= 1e-9 * Math.max(1, meant.nav);
          assert.ok(isSame, `nav at ${row.timestamp}: ${row.nav}, should be ${meant.nav}`);
          assert.ok(!(row.peakNav > meant.peakNav * (1 + 1e-9)), `peak ${row.peakNav}, was ${meant.peakNav}`);
          assert.ok(
            row.maxDrawdown >= meant.maxDrawdown - 1e-9,
            `fall ${row.maxDrawdown}, was ${meant.maxDrawdown}`,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is the same from wherever a walk begins', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 14 }),
        fc.nat({ max: 1000 }),
        async (steps, share) => {
          const story = tell(steps);
          const { rows, end } = await story.corrected();
          const at = Math.floor((rows.length * share) / 1001);
          const corrected = rows[at];
          if (corrected === undefined) return;
          const recorded = story.rows.findLast(({ timestamp }) => timestamp <= corrected.timestamp);
          if (recorded === undefined) return;
          const later = await story.corrected({ corrected, recorded });
          assert.deepEqual(later.rows, rows.slice(at + 1));
          assert.deepEqual(later.end, end);
        },
      ),
      { numRuns: 100 },
    );
  });
});
