/** Which rows of a long list are in the document: those that are seen, and a few around them. Pure. */
import { dashboardLimits } from '../../config/limits-dashboard.ts';

export interface VisibleRows {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

export function visibleRows(count: number, rowHeight: number, scrolled: number, height: number): VisibleRows {
  const around = dashboardLimits.rowsAround;
  const last = Math.max(0, count - Math.ceil(height / rowHeight));
  const top = Math.min(last, Math.max(0, Math.floor(scrolled / rowHeight)));
  return {
    first: Math.max(0, top - around),
    end: Math.min(count, top + Math.ceil(height / rowHeight) + 1 + around),
  };
}
