/** A figure under its name. */
import type { ComponentChildren } from 'preact';

interface Props {
  readonly name: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}

export function Figure({ name, note, children }: Props) {
  return (
    <div class="figure">
      <dt title={note}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
