/**
 * When a page shows which LEDGER sequence, by its own clock: a script within the page watches the figure, and takes the
 * time in the frame that draws it. As text, since it runs in the page. Milliseconds since the epoch, with fractions.
 */
import type { Page } from 'playwright-core';

const watch = `
  window.seenSequences = [];
  const figure = document.querySelector('.worth');
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now();
    window.seenSequences.push([Number(figure.dataset.sequence), at]);
  }).observe(figure, { attributes: true, attributeFilter: ['data-sequence'] });
`;

export async function watchSequences(page: Page): Promise<void> {
  await page.evaluate(watch);
}

/** When a figure that includes the sequence was first shown; undefined: not yet. */
export async function seenAt(page: Page): Promise<(sequence: number) => number | undefined> {
  const seen = await page.evaluate<[number, number][]>('window.seenSequences');
  return (sequence) => seen.find(([shown]) => shown >= sequence)?.[1];
}
