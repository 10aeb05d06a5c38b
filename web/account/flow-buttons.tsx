/** The buttons of an operator, and the dialog that they open. */
import { useState } from 'preact/hooks';
import type { Account, Detail } from '../api/shapes.ts';
import { FlowDialog, type FlowKind } from './flow-dialog.tsx';

interface Props {
  readonly account: Account;
  readonly detail: Detail | null;
}

export function FlowButtons({ account, detail }: Props) {
  const [kind, setKind] = useState<FlowKind | null>(null);
  return (
    <div class="flow-buttons">
      <button type="button" onClick={() => setKind('deposit')}>
        Deposit
      </button>
      <button type="button" onClick={() => setKind('withdrawal')}>
        Withdraw
      </button>
      {kind !== null && (
        <FlowDialog kind={kind} account={account} detail={detail} onClose={() => setKind(null)} />
      )}
    </div>
  );
}
