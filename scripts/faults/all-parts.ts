/** Every part of the fault tests, in the order of the full form. */
import type { FaultPart } from './part.ts';
import { diskFull } from './parts/disk-full.ts';
import { fuzz } from './parts/fuzz.ts';
import { kill } from './parts/kill.ts';
import { order, sameSettlement } from './parts/repeats.ts';
import { revalue } from './parts/revalue.ts';
import { sigterm } from './parts/sigterm.ts';
import { storeAway } from './parts/store-away.ts';
import { sigstop, standby } from './parts/takeover.ts';

export const allParts: readonly FaultPart[] = [
  kill,
  sigstop,
  standby,
  storeAway,
  diskFull,
  revalue,
  sigterm,
  sameSettlement,
  order,
  fuzz,
];
