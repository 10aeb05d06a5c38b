/**
 * Everything about one account, asked again and again while the page is seen: at once when the ledger has something new,
 * else twice a second.
 */
import { useEffect, useState } from 'preact/hooks';
import { dashboardLimits } from '../../config/limits-dashboard.ts';
import { gateway } from '../api/gateway.ts';
import { problemFrom, type Problem } from '../api/problem.ts';
import type { Detail } from '../api/shapes.ts';
import { accounts, listen, takeListed } from '../live/accounts.ts';

export interface DetailState {
  readonly detail: Detail | null;
  /** Why the newest is not had. */
  readonly problem: Problem | null;
}

export function useDetail(id: string): DetailState {
  const [state, setState] = useState<DetailState>({ detail: null, problem: null });
  useEffect(() => {
    let isOver = false;
    let timer = 0;
    let known = -1;
    const later = (ms: number): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void ask(), ms);
    };
    const ask = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const detail = await gateway.detail(id);
          if (isOver) return;
          known = detail.sequence;
          takeListed([detail]);
          setState({ detail, problem: null });
        } catch (error) {
          if (isOver) return;
          setState(({ detail }) => ({ detail, problem: problemFrom(error) }));
        }
      }
      const hasNews = (accounts.get(id)?.sequence ?? -1) > known;
      later(hasNews ? dashboardLimits.detailAfterEventMs : dashboardLimits.detailEveryMs);
    };
    let awaited = -1;
    const unlisten = listen(id, ({ sequence }) => {
      if (known < 0 || sequence <= Math.max(known, awaited)) return;
      awaited = sequence;
      later(dashboardLimits.detailAfterEventMs);
    });
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
      unlisten();
    };
  }, [id]);
  return state;
}
