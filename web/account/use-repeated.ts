/** An answer that is asked for again after a while: the newest one, or why there is none. */
import { useEffect, useState } from 'preact/hooks';
import { problemFrom, type Problem } from '../api/problem.ts';
import { connections } from '../live/connection.ts';
import { parts } from '../live/health.ts';

export interface Repeated<T> {
  readonly answer: T | null;
  readonly problem: Problem | null;
}

/** `key`: another question begins anew. null as `ask`: nothing is asked. At once when history or the line is back. */
export function useRepeated<T>(key: string, everyMs: number, ask: (() => Promise<T>) | null): Repeated<T> {
  const [state, setState] = useState<Repeated<T> & { readonly of: string }>({
    answer: null,
    problem: null,
    of: key,
  });
  const hasHistory = parts.value.history;
  const connection = connections.value;
  useEffect(() => {
    if (ask === null) return;
    let isOver = false;
    let timer = 0;
    const repeat = async (): Promise<void> => {
      const found = document.hidden ? null : await settled(ask);
      if (isOver) return;
      if (found !== null) setState({ ...found, of: key });
      timer = window.setTimeout(() => void repeat(), everyMs);
    };
    void repeat();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, everyMs, ask === null, hasHistory, connection]);
  return state.of === key ? state : { answer: null, problem: null };
}

async function settled<T>(ask: () => Promise<T>): Promise<Repeated<T>> {
  try {
    return { answer: await ask(), problem: null };
  } catch (error) {
    return { answer: null, problem: problemFrom(error) };
  }
}
