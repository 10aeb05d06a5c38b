/** A drawdown as text and as a bar: full at a tenth under water. */
import { ratios } from '../format/formats.ts';

const fullAt = 0.1;

export function DrawdownBar({ drawdown }: { readonly drawdown: number | null }) {
  const share = Math.min(1, Math.abs(drawdown ?? 0) / fullAt);
  return (
    <span class="drawdown">
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${(100 * share).toFixed(1)}%` }} />
      </span>
      <span>{ratios.percent(drawdown)}</span>
    </span>
  );
}
