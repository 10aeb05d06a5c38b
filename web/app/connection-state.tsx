/**
 * Whether what is shown is live, and what is missing if not. Said aloud only when it changes: figures are not.
 */
import { link } from '../live/connection.ts';
import { parts } from '../live/health.ts';

interface State {
  readonly kind: 'good' | 'waiting' | 'bad';
  readonly text: string;
}

export function ConnectionState() {
  const { kind, text } = stateNow();
  return (
    <div class="connection" role="status" data-state={kind}>
      <span class={`dot ${kind}`} aria-hidden="true" />
      {text}
    </div>
  );
}

function stateNow(): State {
  if (link.value === 'lost') return { kind: 'bad', text: 'Reconnecting' };
  if (!parts.value.engine) return { kind: 'bad', text: 'Engine away' };
  if (link.value === 'connecting') return { kind: 'waiting', text: 'Connecting' };
  if (!parts.value.history) return { kind: 'waiting', text: 'Live, no history' };
  return { kind: 'good', text: 'Live' };
}
