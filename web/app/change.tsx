/** A gain or a loss: by its sign, an arrow, and a colour. */
import { arrows, directionOf } from '../format/ratio.ts';

interface Props {
  readonly value: number | null;
  /** With its sign. */
  readonly text: string;
  readonly withArrow?: boolean;
}

export function Change({ value, text, withArrow = true }: Props) {
  const direction = directionOf(value);
  return (
    <span class={`change ${direction}`}>
      {withArrow && direction !== 'flat' && (
        <span aria-hidden="true" class="arrow">
          {arrows[direction]}
        </span>
      )}
      {text}
    </span>
  );
}
