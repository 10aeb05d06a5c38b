/**
 * Writes reference data of instruments: of each symbol that an account holds or held, when that is first seen and when
 * it changes. A start sees all of them anew: what changed while no engine ran is written then.
 */
import type { Instrument, InstrumentTable } from './domain/instrument.ts';
import type { HeldSymbols } from './ledger/holdings.ts';
import type { FrameSink } from './ports.ts';

export class InstrumentWriter {
  private readonly held: HeldSymbols;
  private readonly instruments: InstrumentTable;
  private readonly frames: FrameSink;
  /** By symbol: as it was written. */
  private readonly written: (Instrument | undefined)[] = [];
  private lanesSeen = 0;
  private changesSeen = 0;

  constructor(held: HeldSymbols, instruments: InstrumentTable, frames: FrameSink) {
    this.held = held;
    this.instruments = instruments;
    this.frames = frames;
  }

  /** At the end of a tick of that time. */
  write(time: number): void {
    const { held, instruments, written } = this;
    if (held.laneCount === this.lanesSeen && instruments.changes === this.changesSeen) return;
    this.lanesSeen = held.laneCount;
    this.changesSeen = instruments.changes;
    const { symbols } = instruments;
    for (let symbol = 0; symbol < symbols.size; symbol++) {
      if (held.lanesOf(symbol).length === 0) continue;
      const instrument = instruments.get(symbol);
      if (written[symbol] === instrument) continue;
      written[symbol] = instrument;
      this.frames.instrument(
        symbols.name(symbol),
        instrument,
        instruments.exponent(instrument.currency),
        time,
      );
    }
  }
}
