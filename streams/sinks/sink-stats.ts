/** The sink answers how it is, as the engine does: `tidemark.sink.stats`. Of several the first answer counts. */
import type { Link } from '../sources/connection.ts';
import { processStats } from './process-stats.ts';

export function answerSinkStats({ nats }: Link, stats: () => object): void {
  nats.subscribe('tidemark.sink.stats', {
    callback: (error, message) => {
      if (error === null) message.respond(JSON.stringify({ ...processStats('sink'), ...stats() }));
    },
  });
}
