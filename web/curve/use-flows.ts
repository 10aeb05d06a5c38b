/** The flows of an account: those of history, asked for again when a tick tells of one, and that one until then. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { gateway } from '../api/gateway.ts';
import type { Flow } from '../api/shapes.ts';
import { accounts, listen } from '../live/accounts.ts';
import { parts } from '../live/health.ts';
import { flowMarks, type FlowMark, type LiveFlow } from './flow-marks.ts';

export function useFlows(id: string): readonly FlowMark[] {
  const [recorded, setRecorded] = useState<readonly Flow[]>([]);
  const [live, setLive] = useState<readonly LiveFlow[]>([]);
  const hasHistory = parts.value.history;
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      const found = await gateway.flows(id).catch(() => null);
      if (found !== null && !isOver) setRecorded(found);
    };
    let before = accounts.get(id);
    const timers = new Set<number>();
    const unlisten = listen(id, (account) => {
      const amount = account.net_flow - (before?.net_flow ?? account.net_flow);
      const after = before?.timestamp ?? account.timestamp;
      before = account;
      if (amount === 0) return;
      const flow = { ts: account.timestamp, after, amount };
      setLive((flows) => [...flows, flow].slice(-dashboardLimits.flowsAheadMax));
      for (const factor of [1, 2, 4]) {
        timers.add(window.setTimeout(() => void ask(), factor * dashboardLimits.curveGapRetryMs));
      }
    });
    void ask();
    return () => {
      isOver = true;
      unlisten();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [id, hasHistory]);
  return useMemo(() => flowMarks(recorded, live), [recorded, live]);
}
