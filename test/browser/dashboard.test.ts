/** The dashboard in a real browser, over a real installation: what people see is what the engine says, and stays so. */
import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/browser.ts';
import type { Json } from '../support/running-tidemark.ts';
import { seenAt, watchSequences } from '../support/seen-sequences.ts';
import { until } from '../support/until.ts';
import { WatchedSystem } from '../support/watched-system.ts';

const settlements = 200;
const timeoutMs = 20_000;
/** A request that failed while a part was away is told on the console, and is no fault of the page. */
const isOfNetwork = (text: string): boolean => /Failed to load resource|WebSocket connection to/.test(text);

describe('the dashboard', function () {
  this.timeout(60_000);
  let system: WatchedSystem;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  const row = (account: string): Locator => page.locator(`tr[data-account="${account}"]`);
  const worth = (): Locator => page.locator('.worth');
  const readout = (): Locator => page.locator('.readout');
  const numberOf = async (place: Locator, name: string): Promise<number> =>
    Number(await place.getAttribute(`data-${name}`));
  const state = (kind: string): Promise<void> => page.locator(`.connection[data-state="${kind}"]`).waitFor();
  const amount = (minor: unknown): string =>
    (Number(minor) / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });

  async function open(account: string): Promise<void> {
    await page.goto(`${system.url}/#/account/${account}`);
    await readout().locator('dd').first().waitFor();
  }
  /** Until the page shows the account as it is now. */
  async function showsNow(account: string): Promise<void> {
    await until(
      async () => {
        const { total_equity: equity } = await system.inspect(account);
        return (await numberOf(worth(), 'equity')) === equity;
      },
      { what: 'the page to show the equity', timeoutMs },
    );
  }

  before(async () => {
    [system, browser] = await Promise.all([WatchedSystem.start(), openBrowser()]);
    for (const [id, name, paid] of [
      ['ann', 'Ann Lund', 100_000_00],
      ['ben', 'Ben Holt', 20_000_00],
      ['7', 'Chloe Abbott', 50_000_00],
    ] as const) {
      await system.publish(`accounts.${id}`, { type: 'open', name });
      await system.publish(`cash.${id}`, { id: 'first', type: 'deposit', amount: paid });
      const fill = { id: 'fill', symbol: 'AAPL', side: 'buy', quantity: '100', price: '100' };
      await system.publish(`settlements.${id}`, fill);
    }
    await system.marked('ann', 'AAPL', '101');
    const context = await browser.newContext({
      locale: 'en-US',
      timezoneId: 'Europe/Berlin',
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isOfNetwork(message.text())) faults.push(message.text());
    });
  });
  after(async () => {
    await browser.close();
    await system.stop();
  });

  it('lists the accounts, and each price moves them', async () => {
    await page.goto(system.url);
    await row('ann').waitFor();
    await state('good');
    for (const price of ['102', '97.5']) {
      const { total_equity: equity } = await system.marked('ann', 'AAPL', price);
      await page.locator(`tr[data-account="ann"][data-equity="${Number(equity)}"]`).waitFor();
    }
    assert.match((await row('ann').textContent()) ?? '', /Ann Lund.*▼.*-250\.00/);
  });

  it('sorts and searches them, and opens one, by keyboard', async () => {
    const order = async (): Promise<(string | null)[]> =>
      Promise.all(
        (await page.locator('tr[data-account]').all()).map((each) => each.getAttribute('data-account')),
      );
    const heading = page.getByRole('columnheader', { name: 'Equity' });
    assert.equal(await heading.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await order(), ['ann', '7', 'ben']);
    await heading.getByRole('button').focus();
    await page.keyboard.press('Enter');
    assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
    assert.deepEqual(await order(), ['ben', '7', 'ann']);
    await page.getByRole('searchbox').fill('chloe');
    await row('ben').waitFor({ state: 'detached' });
    assert.deepEqual(await order(), ['7']);
    await row('7').getByRole('link').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '7 Chloe Abbott' }).waitFor();
  });

  it('draws the history of an account, and then its ticks up to the figure of `inspect`', async () => {
    const openedAt = Date.now();
    await until(
      async () => {
        const answer = await fetch(`${system.url}/api/v1/accounts/ann/history`);
        return ((await answer.json()) as { points: Json[] }).points.length >= 2;
      },
      { what: 'history to have rows', timeoutMs },
    );
    await open('ann');
    const { total_equity: equity } = await system.marked('ann', 'AAPL', '103.25');
    await showsNow('ann');
    await until(async () => (await numberOf(readout(), 'equity')) === equity, {
      what: 'the newest point',
      timeoutMs,
    });
    assert.match((await worth().textContent()) ?? '', new RegExp(`\\$${amount(equity).replace('.', '\\.')}`));
    assert.match(await page.title(), /^[\d,.]+ USD [▲▼] [+-]\d.* · ann · Tidemark$/);

    const box = await page.locator('.chart-box').boundingBox();
    assert.ok(box !== null && (await page.locator('.chart-box canvas').count()) > 0, 'a chart is drawn');
    await page.mouse.move(box.x + 60, box.y + 100);
    await page.locator('.readout[data-now="false"]').waitFor();
    assert.ok((await numberOf(readout(), 'ts')) < openedAt, 'its beginning is of before the page was opened');
    await page.mouse.move(5, 5);
    await page.locator('.readout[data-now="true"]').waitFor();
  });

  it('shows every settlement; how soon is printed', async () => {
    await open('ben');
    await watchSequences(page);
    const published: { sequence: number; at: number }[] = [];
    for (let i = 0; i < settlements; i++) {
      const at = performance.timeOrigin + performance.now();
      const fill = {
        id: `s${i}`,
        symbol: 'AAPL',
        side: i % 2 === 0 ? 'buy' : 'sell',
        quantity: '1',
        price: '103.25',
      };
      published.push({ sequence: await system.publish('settlements.ben', fill), at });
      // About one a frame, at no fixed distance to the engine's ticks.
      await new Promise((resolve) => setTimeout(resolve, 12 + (i % 7)));
    }
    const last = published.at(-1)?.sequence ?? 0;
    await until(async () => (await seenAt(page))(last) !== undefined, {
      what: 'the last one to be seen',
      timeoutMs,
    });
    const seen = await seenAt(page);
    const delays = published.flatMap(({ sequence, at }) => {
      const shown = seen(sequence);
      return shown === undefined ? [] : [shown - at];
    });
    assert.equal(delays.length, settlements);
    delays.sort((a, b) => a - b);
    const at = (share: number): string => (delays[Math.ceil(share * settlements) - 1] ?? NaN).toFixed(1);
    console.log(`      settlement to page: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
    await showsNow('ben');
  });

  it('pays in by the dialog: on the curve, in cash, on NATS, and once', async () => {
    await open('ann');
    const heard: Json[] = [];
    system.nats.subscribe('cash.ann', { callback: (_, message) => heard.push(message.json<Json>()) });
    await system.nats.flush();
    await page.locator('.readout[data-flows="1"]').waitFor();
    const before = await system.inspect('ann');
    await page.getByRole('button', { name: 'Deposit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Amount, USD').fill('1234.56');
    await dialog.getByLabel('Notes').fill('by wire');
    await dialog.getByRole('button', { name: 'Deposit' }).click();
    await dialog.waitFor({ state: 'detached' });
    const after = await system.inspect('ann');
    assert.equal(Number(after['net_flow']) - Number(before['net_flow']), 1234_56);
    assert.deepEqual(
      heard.map(({ type, amount: minor, notes }) => [type, minor, notes]),
      [['deposit', 1234_56, 'by wire']],
    );
    assert.match(String(heard[0]?.['id']), /^web-[0-9a-f]{32}$/);
    const cash = (after['cash'] as Record<string, number>)['USD'];
    await page.locator(`.cash tr[data-currency="USD"][data-minor="${cash}"]`).waitFor();
    await page.locator('.readout[data-flows="2"]').waitFor();
    await showsNow('ann');
    assert.equal(await page.locator('button:focus').textContent(), 'Deposit');
  });

  it('says by its name why an order is refused, and ends by Escape', async () => {
    await page.getByRole('button', { name: 'Withdraw' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Amount, USD').fill('0');
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await dialog.getByRole('alert').getByText('quantity_not_positive').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('lays a symbol over NAV', async () => {
    const marks = page.waitForResponse((answer) => answer.url().includes('/api/v1/prices/AAPL'));
    await page.getByLabel('Benchmark').fill('AAPL');
    await page.getByLabel('Benchmark').press('Enter');
    const { prices } = (await (await marks).json()) as { prices: Json[] };
    assert.ok(prices.length > 0);
    await page.getByText('NAV, AAPL dashed').waitFor();
  });

  it('is the same after a reload, in every range', async () => {
    await page.reload();
    await showsNow('ann');
    for (const range of ['one day', 'all of it', 'one hour']) {
      const button = page.getByRole('button', { name: range });
      await button.click();
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      await page.locator('.chart[aria-busy="false"]').waitFor();
      const { total_equity: equity } = await system.inspect('ann');
      await until(async () => (await numberOf(readout(), 'equity')) === equity, {
        what: `the curve of ${range}`,
        timeoutMs,
      });
    }
  });

  it('goes on by itself when the gateway is back', async () => {
    await system.signal('gateway', 'SIGKILL');
    await state('bad');
    await system.marked('ann', 'AAPL', '99.75');
    await state('good');
    await showsNow('ann');
    await system.marked('ann', 'AAPL', '98.5');
    await showsNow('ann');
  });

  it('is live while the database is away, and says what is missing', async () => {
    await system.signal('store', 'SIGSTOP');
    try {
      await page.getByText('The database of history is away').waitFor({ timeout: 20_000 });
      await state('waiting');
      await system.marked('ann', 'AAPL', '104');
      await showsNow('ann');
    } finally {
      await system.signal('store', 'SIGCONT');
    }
    await state('good');
  });

  it('fits the screens that it is made for, in light and dark', async () => {
    for (const { width, colorScheme } of [
      { width: 1280, colorScheme: 'light' },
      { width: 1280, colorScheme: 'dark' },
      { width: 390, colorScheme: 'light' },
    ] as const) {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme });
      for (const path of ['#/', '#/account/ann', '#/alerts']) {
        await page.goto(`${system.url}/${path}`);
        await page.locator('main').waitFor();
        const [wide, theme] = await page.evaluate<[number, string]>(
          '[document.documentElement.scrollWidth, document.documentElement.dataset.theme]',
        );
        assert.ok(wide <= width, `${path} is ${wide} wide at ${width}`);
        assert.equal(theme, colorScheme);
      }
    }
    await page.getByRole('switch', { name: 'Dark colours' }).click();
    await page.reload();
    assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark');
  });

  it('did nothing that its policy forbids, and threw nothing', () => {
    assert.deepEqual(faults, []);
  });
});
