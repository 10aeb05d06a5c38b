/** The dashboard where the gateway wants tokens: asked for, kept to the tab, and never part of an address. */
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/browser.ts';
import { until } from '../support/until.ts';
import { WatchedSystem } from '../support/watched-system.ts';

const secret = 'a secret of at least thirty-two bytes';
const tokenFor = (accounts: string[], role: string): Promise<string> =>
  new SignJWT({ accounts, role })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('tidemark')
    .setExpirationTime('10 minutes')
    .sign(new TextEncoder().encode(secret));

describe('the dashboard with tokens', function () {
  this.timeout(60_000);
  let system: WatchedSystem;
  let browser: Browser;
  let page: Page;
  const addresses: string[] = [];

  const give = async (token: string): Promise<void> => {
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Continue' }).click();
  };

  before(async () => {
    const env = { TIDEMARK_AUTH_MODE: 'jwt', TIDEMARK_AUTH_SECRET: secret };
    [system, browser] = await Promise.all([WatchedSystem.start(env), openBrowser()]);
    for (const id of ['ann', 'ben']) {
      await system.publish(`cash.${id}`, { id: 'first', type: 'deposit', amount: 1_000_00 });
    }
    page = await browser.newPage({ locale: 'en-US' });
    page.on('request', (request) => addresses.push(request.url()));
    page.on('websocket', (socket) => addresses.push(socket.url()));
  });
  after(async () => {
    await browser.close();
    await system.stop();
  });

  it('asks for one, and says what is wrong with another', async () => {
    await page.goto(system.url);
    await give('nonsense');
    await page.getByRole('alert').getByText('not valid').waitFor();
  });

  it('shows a reader its accounts, and no orders', async () => {
    await give(await tokenFor(['ann'], 'reader'));
    await page.locator('tr[data-account="ann"]').waitFor();
    assert.equal(await page.locator('tr[data-account]').count(), 1);
    await page.goto(`${system.url}/#/account/ann`);
    await page.locator('.readout dd').first().waitFor();
    await page.locator('.cash tr[data-minor="100000"]').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Deposit' }).count(), 0);
  });

  it('says by its name that an account is not for the token', async () => {
    await page.goto(`${system.url}/#/account/ben`);
    await page.getByText('account_forbidden').waitFor();
  });

  it('has no token in any address, and keeps it for the tab alone', async () => {
    assert.ok(addresses.length > 10, 'requests were made');
    assert.deepEqual(
      addresses.filter((address) => /eyJ|token/i.test(address)),
      [],
    );
    const kept = await page.evaluate<string[]>('[JSON.stringify({ ...localStorage }), document.cookie]');
    assert.doesNotMatch(kept.join(), /eyJ/);
    await page.goto(`${system.url}/#/`);
    await page.reload();
    await page.locator('tr[data-account="ann"]').waitFor();
  });

  it('forgets it and everything that it showed when one signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('alert').getByText('signed out').waitFor();
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
    await give(await tokenFor(['*'], 'operator'));
    await page.locator('tr[data-account="ben"]').waitFor();
    await page.locator('tr[data-account="ben"] a').click();
    await page.getByRole('button', { name: 'Deposit' }).waitFor();
  });

  it('asks again when the time of a token is over', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    const soon = await new SignJWT({ accounts: ['*'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('tidemark')
      // The gateway allows for clocks that are 5 s apart.
      .setExpirationTime(Math.floor(Date.now() / 1000) - 2)
      .sign(new TextEncoder().encode(secret));
    await give(soon);
    await until(() => page.getByText('The token has expired').isVisible(), {
      what: 'the question for another',
      timeoutMs: 20_000,
    });
  });
});
