/** A sentence for each part that is away: what of the page is affected, and what is not. */
import { link } from '../live/connection.ts';
import { parts } from '../live/health.ts';

export function MissingParts() {
  const sentences = sentencesNow();
  if (sentences.length === 0) return null;
  return (
    <div class="missing">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

function sentencesNow(): string[] {
  const { engine, history } = parts.value;
  const sentences: string[] = [];
  if (link.value === 'lost') {
    sentences.push(
      'The gateway does not answer: figures stand as they last came. They go on by themselves when it is back.',
    );
    return sentences;
  }
  if (!engine)
    sentences.push(
      'The engine is away: figures stand as they last came, and orders are not taken. History is shown.',
    );
  if (!history) {
    sentences.push(
      'The database of history is away: curves begin now, and flows of before, drawdown episodes and benchmarks are missing. Live figures are not affected.',
    );
  }
  return sentences;
}
