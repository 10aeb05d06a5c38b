/**
 * Alerts of kind `sequence_gap`: a source's own numbers of its settlements, for each account and source, left some out
 * or stepped back. Nothing else comes of it: the ledger's order is the order of events, and no event is dropped. What a
 * source said last is kept in memory alone, of a bounded number of sources an account: after a restart the first number
 * seen is where it begins. Each alert stands for itself and is never cleared.
 */
import { limits } from '../../config/limits.ts';
import type { Settlement } from '../domain/ledger-event.ts';
import type { AlertSink } from '../ports.ts';

interface Source {
  readonly name: string;
  expected: number;
  /** After a step back: the number with which it would go on from there; NaN otherwise. */
  resumed: number;
}

/** Where an event stands in the ledger. */
export interface Place {
  readonly account: string;
  readonly sequence: number;
  readonly index: number;
}

export class SequenceGaps {
  private readonly sink: AlertSink;
  /** By account row, of accounts whose settlements have numbers. */
  private readonly sources: (Source[] | undefined)[] = [];

  constructor(sink: AlertSink) {
    this.sink = sink;
  }

  /** A settlement that has a number; `place` and `time` are asked for only where an alert is due. */
  seen(row: number, settlement: Settlement, place: () => Place, time: () => number): void {
    const { source: name, sourceSequence: got } = settlement;
    const known = (this.sources[row] ??= []);
    const source = known.find((each) => each.name === name);
    if (source === undefined) {
      if (known.length >= limits.sequenceSourcesMax) known.shift();
      known.push({ name, expected: got + 1, resumed: NaN });
      return;
    }
    const { expected } = source;
    if (got === expected) source.expected = got + 1;
    else if (got === source.resumed) source.resumed = got + 1;
    else {
      // A late one, or a source that counts anew: either may follow.
      if (got < expected) source.resumed = got + 1;
      else source.expected = got + 1;
      this.publish(settlement, expected, place(), time());
    }
  }

  private publish(settlement: Settlement, expected: number, place: Place, timestamp: number): void {
    const { source, sourceSequence: got, id } = settlement;
    const { account, sequence, index } = place;
    const isBack = got < expected;
    const of = source === '' ? 'the source' : source;
    this.sink.publish({
      kind: 'sequence_gap',
      account,
      id: `${String(sequence)}-${String(index)}`,
      state: 'raised',
      severity: isBack ? 'info' : 'warning',
      message: `${of} ${isBack ? 'stepped back' : 'left numbers out'}: ${String(got)} where ${String(expected)} was expected`,
      details: { source, expected, got, settlement_id: id, sequence, index },
      timestamp,
    });
  }
}
