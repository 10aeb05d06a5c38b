/** Debian's Chromium, driven by playwright-core: for the tests of the dashboard and for its screenshots. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

/** Where scripts/setup.mjs unpacks it without root. */
const unpacked = fileURLToPath(new URL('../.cache/chromium/chromium', import.meta.url));
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** With a profile of its own, which goes when it is closed. Throws Error where there is none. */
export async function openBrowser(): Promise<Browser> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'chromium'));
  const executablePath = [...onPath, unpacked].find(isExecutable);
  if (executablePath === undefined) {
    throw new Error('there is no Chromium: run `node scripts/setup.mjs --for-tests`');
  }
  return chromium.launch({ executablePath, args });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
