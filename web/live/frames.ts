/** When the page is drawn anew: once an animation frame in which anything changed, and less often while nobody sees it. */
import { signal } from '@preact/signals';
import { dashboardLimits } from '../../config/limits-dashboard.ts';

/** Counts frames in which live figures changed. */
export const frame = signal(0);

/** In a component: it is drawn in each of them. */
export function drawnEachFrame(): number {
  return frame.value;
}

let isDue = false;

export function drawSoon(): void {
  if (isDue) return;
  isDue = true;
  const draw = (): void => {
    isDue = false;
    frame.value++;
  };
  // A page that is hidden has no animation frames; its title is still read.
  if (document.hidden) setTimeout(draw, dashboardLimits.titleEveryMs);
  else requestAnimationFrame(draw);
}
