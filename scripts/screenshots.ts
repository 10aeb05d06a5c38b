/**
 * Takes the screenshots of docs/screenshots/ from a system that runs: `npm run screenshots`, or with its address. Of the
 * demo, some minutes after its start, they show most.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const url = process.argv[2] ?? 'http://127.0.0.1:8080';
/** An account of the demo that has something of everything. */
const account = '10';
const wide = { width: 1200, height: 760 };
const narrow = { width: 390, height: 844 };

const shots = [
  { name: 'accounts-light', path: '#/', colorScheme: 'light', viewport: wide },
  { name: 'account-light', path: `#/account/${account}`, colorScheme: 'light', viewport: wide },
  { name: 'account-dark', path: `#/account/${account}`, colorScheme: 'dark', viewport: wide },
  { name: 'accounts-phone', path: '#/', colorScheme: 'light', viewport: narrow },
  { name: 'account-phone', path: `#/account/${account}`, colorScheme: 'dark', viewport: narrow },
] as const;

/** A benchmark, as somebody who compares would. */
async function layOver(page: Page): Promise<void> {
  const marks = page.waitForResponse((answer) => answer.url().includes('/api/v1/prices/'));
  await page.getByLabel('Benchmark').fill('AAPL');
  await page.getByLabel('Benchmark').press('Enter');
  await (await marks).finished();
  await page.getByLabel('Benchmark').blur();
}

const browser = await openBrowser();
try {
  for (const { name, path, colorScheme, viewport } of shots) {
    const page = await browser.newPage({ colorScheme, viewport, locale: 'en-US', timezoneId: 'UTC' });
    await page.goto(`${url}/${path}`);
    await page
      .locator(path === '#/' ? 'tr[data-account]' : '.readout dd')
      .first()
      .waitFor();
    await page.locator('.connection[data-state="good"]').waitFor();
    if (viewport === wide && path !== '#/') await layOver(page);
    if (path !== '#/') await page.locator('.chart[aria-busy="false"] .pane-name').last().waitFor();
    await page.evaluate('document.fonts.ready');
    await page.screenshot({ path: `${folder}${name}.png` });
    await page.close();
    console.log(`docs/screenshots/${name}.png`);
  }
} finally {
  await browser.close();
}
