/**
 * Ticks of the subject `ticks`, on the connection of the prices, so that a tick comes after the prices sent before it.
 */
import { Observable } from 'rxjs';
import type { Clock, Refuse, TickMessage } from '../../src/ports.ts';
import { readTick } from '../codec/tick-message.ts';
import type { Link } from './connection.ts';
import { coreLetter } from './core-letter.ts';

const extraTokens = { kind: 'rejected', reason: 'malformed', detail: 'subject' } as const;

export function ticksFrom(link: Link, clock: Clock, refuse: Refuse): Observable<TickMessage> {
  return new Observable((out) => {
    const ticks = link.nats.subscribe('ticks', {
      callback: (_error, message) => {
        const tick = readTick(message.data);
        if (tick.kind === 'rejected') refuse(coreLetter(message, 0, tick, clock.now()));
        else out.next({ tick: tick.tick, time: Number.isNaN(tick.ts) ? clock.now() : tick.ts });
      },
    });
    const others = link.nats.subscribe('ticks.>', {
      callback: (_error, message) => refuse(coreLetter(message, 0, extraTokens, clock.now())),
    });
    return () => {
      ticks.unsubscribe();
      others.unsubscribe();
    };
  });
}
