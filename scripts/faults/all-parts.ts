/** Every part of the fault tests, in the order of the full form. */
import type { FaultPart } from './part.ts';
import { kill } from './parts/kill.ts';

export const allParts: readonly FaultPart[] = [kill];
