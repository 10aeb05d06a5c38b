/** How a correction walks where every tick is a row of the curve. */
import type { WalkSettings } from '../../src/correction-walk.ts';

export const walkSettings: WalkSettings = {
  resolutionMs: 0,
  marksAtExit: false,
  pivot: 'USD',
  exponents: {},
  dustMinor: 100,
  instruments: {},
  accounts: { baseCurrency: 'USD', timezone: 'America/New_York', cutover: '17:00' },
};
