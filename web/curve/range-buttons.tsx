/** The buttons of the ranges. */
import { ranges, type Range } from './ranges.ts';

interface Props {
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}

export function RangeButtons({ range, onRange }: Props) {
  return (
    <div class="segments" role="group" aria-label="Range of the curves">
      {ranges.map((each) => (
        <button
          key={each.name}
          type="button"
          aria-pressed={each === range}
          aria-label={each.about}
          onClick={() => onRange(each)}
        >
          {each.name}
        </button>
      ))}
    </div>
  );
}
