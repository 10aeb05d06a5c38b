/** The parts of a book that the rules work on together: columns, rates, marking, sessions, and what is configured. */
import type { Effect } from '../domain/effect.ts';
import type { InstrumentTable } from '../domain/instrument.ts';
import type { LifecycleChart } from '../domain/lifecycle.ts';
import type { Accounts } from './accounts.ts';
import type { Holdings } from './holdings.ts';
import type { Marking } from './marking.ts';
import type { Marks } from './marks.ts';
import type { Pockets } from './pockets.ts';
import type { Rates } from './rates.ts';
import type { Rebasing } from './rebasing.ts';
import type { Recall } from './recall.ts';
import type { SeenIds } from './seen-ids.ts';
import type { Sessions } from './session.ts';
import type { Voids } from './voids.ts';
import type { Waiting } from './waiting.ts';

export interface BookOptions {
  readonly baseCurrency: string;
  readonly pivot: string;
  readonly timezone: string;
  readonly cutoverMinutes: number;
  readonly autoOpen: boolean;
  readonly marksAtExit: boolean;
  readonly dustMinor: number;
  readonly idsKept: number;
  /** How long a void waits for its target, milliseconds between LEDGER's timestamps. */
  readonly voidsWaitMs: number;
  readonly staleAfterMs: number;
  /** tick.source: nats: an event has the time of the tick after it. */
  readonly eventsTakeTickTime: boolean;
}

export interface BookParts {
  readonly accounts: Accounts;
  readonly holdings: Holdings;
  readonly pockets: Pockets;
  readonly marks: Marks;
  readonly rates: Rates;
  readonly marking: Marking;
  readonly sessions: Sessions;
  readonly seen: SeenIds;
  readonly waiting: Waiting;
  readonly voids: Voids;
  readonly recall: Recall;
  readonly rebasing: Rebasing;
  readonly instruments: InstrumentTable;
  readonly chart: LifecycleChart;
  readonly options: BookOptions;
  /** Filled by the event applied last. */
  readonly effect: Effect;
}
