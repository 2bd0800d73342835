/**
 * GraphiQL in a real browser, as `npm start` serves it: our own files under the strict policy, the examples as they stand, a subscription
 * that tells of a run of another tab. The console must have been built (web/dist).
 */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchFlags, skipReason } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

const executable = findChromium();
if (executable === null) process.stderr.write(`${skipReason}\n`);

describe.skipIf(executable === null && process.env.CI !== 'true')(
  executable === null ? `GraphiQL (${skipReason})` : 'GraphiQL',
  () => {
    let server: RunningServer;
    let browser: Browser;
    let page: Page;
    /** What the browser refused, threw, or asked of somebody else. */
    const faults: string[] = [];

    beforeAll(async () => {
      if (executable === null) throw new Error(skipReason);
      server = await startServer();
      browser = await chromium.launch({ executablePath: executable, args: launchFlags });
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      page = await context.newPage();
      watch(page);
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    }, 30_000);

    function watch(one: Page): void {
      one.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
      });
      one.on('pageerror', (error) => faults.push(String(error)));
      one.on('request', (request) => {
        if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(server.url)) faults.push(request.url());
      });
    }

    /** A click waits until the editors are there: until then nothing in the page can be reached. */
    const open = (one: Page) => one.goto(`${server.url}/graphql`);

    const run = (one: Page) => one.getByRole('button', { name: 'Execute query (Ctrl-Enter)' }).click();
    const answer = (one: Page) => one.locator('.result-window');

    it('says how to sign in, and runs its examples for whoever has', async () => {
      await open(page);
      await page.getByText('Not signed in.').waitFor();
      await page.getByText('The schema is shown to those who are signed in').waitFor();
      await page.getByRole('link', { name: 'Sign in to the console' }).click();
      await page.getByLabel('E-mail').fill(server.email);
      await page.getByLabel('Password', { exact: true }).fill(server.password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
      await open(page);
      await page.getByText(`Asking as ${server.email}`).waitFor();
      await run(page);
      await answer(page).getByText('"OWNER"').waitFor();
      await page.getByRole('tab', { name: 'Greet' }).click();
      await run(page);
      await answer(page).getByText('"greet-for-each-event"').first().waitFor();
      expect(faults).toEqual([]);
    }, 60_000);

    it('follows runs live, and shows the schema', async () => {
      await page.getByRole('tab', { name: 'Runs' }).click();
      await run(page);
      const other = await page.context().newPage();
      watch(other);
      await open(other);
      await other.getByRole('tab', { name: 'Greet' }).click();
      await run(other);
      await answer(other).getByText('"ConflictError"').waitFor();
      await page.bringToFront();
      await answer(page).getByText('"SUCCEEDED"').waitFor();
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Subscription' }).click();
      await page.getByRole('link', { name: 'executionEvents' }).waitFor();
      expect(faults).toEqual([]);
    }, 60_000);
  },
);
