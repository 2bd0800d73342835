/**
 * Dead letters in a real browser: two executions whose server was killed while their step ran, until it was given up on. One is redriven
 * with another input, one is discarded; by keyboard, on a phone and in the dark. The console must have been built (web/dist).
 */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './accessible.ts';
import { findChromium, launchFlags, skipReason } from './browser.ts';
import { type Poison, startPoison } from './dead-letter.ts';
import { type RunningServer, startServer } from './server.ts';

const executable = findChromium();
if (executable === null) process.stderr.write(`${skipReason}\n`);

describe.skipIf(executable === null && process.env.CI !== 'true')(
  executable === null ? `dead letters in the console (${skipReason})` : 'dead letters in the console',
  () => {
    let server: RunningServer;
    let poison: Poison;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      if (executable === null) throw new Error(skipReason);
      server = await startServer();
      poison = await startPoison(server, 2);
      browser = await chromium.launch({ executablePath: executable, args: launchFlags });
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${server.url}/executions`);
      await page.getByLabel('E-mail').fill(server.email);
      await page.getByLabel('Password', { exact: true }).fill(server.password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    }, 180_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await poison?.stop();
    }, 30_000);

    const detail = () => page.getByRole('region', { name: 'Dead letter', exact: true });

    it('are counted beside the executions, and each shows what its step was tried with', async () => {
      await page.getByRole('link', { name: 'Dead letters 2 open' }).click();
      await page.getByRole('heading', { name: 'Dead letters', level: 1 }).waitFor();
      await detail().getByRole('heading', { name: 'Refund the order kept stopping its worker' }).waitFor();
      await detail().getByText('The worker ended 5 times in a row').waitFor();
      await detail().getByRole('region', { name: 'What the step was tried with' }).waitFor();
      await expectAccessible(page);
    }, 60_000);

    it('are redriven with another input by keyboard; the execution goes on with it', async () => {
      poison.mend();
      await page.getByRole('heading', { name: 'Dead letters', level: 1 }).click();
      const first = page.url();
      await page.keyboard.press('j');
      await page.waitForURL((url) => url.href !== first && /dlq_/.test(url.pathname));
      const id = new URL(page.url()).pathname.split('_')[1] ?? '';
      await detail().getByLabel('Change the input of this step').check();
      const field = detail().getByLabel('New input as JSON');
      const input = JSON.parse(await field.inputValue());
      await field.fill('{"url": 7}');
      await page.getByRole('heading', { name: 'Dead letters', level: 1 }).click();
      await page.keyboard.press('r');
      await page.keyboard.press('Enter');
      await detail().getByRole('alert').getByText('Nothing was changed').waitFor();
      await expectAccessible(page);
      await field.fill(JSON.stringify({ ...input, body: { order: 4711 } }));
      await detail().getByRole('button', { name: 'Redrive' }).click();
      await page.getByRole('link', { name: 'Dead letters 1 open' }).waitFor();
      await page.getByRole('button', { name: 'Redriven' }).click();
      await detail().getByText('With another body.').waitFor();
      await expectAccessible(page);
      await page.goto(`${server.url}/executions/exe_${id}?step=refund`);
      await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
      await page.getByText('4711').first().waitFor({ state: 'attached' });
    }, 60_000);

    it('read on a phone and in the dark without a sideways scroll', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.goto(`${server.url}/dead-letters`);
      await page.getByRole('link', { name: /Refund the order kept stopping/ }).waitFor();
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expectAccessible(page);
      expect(await fits()).toBeLessThanOrEqual(0);
      await page.getByRole('link', { name: /Refund the order kept stopping/ }).click();
      await detail().getByRole('button', { name: 'Redrive' }).waitFor();
      await expectAccessible(page);
      expect(await fits()).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
    }, 60_000);

    it('are discarded, all at once too, and stay in their list with the reason', async () => {
      await page.goto(`${server.url}/dead-letters`);
      await detail().getByLabel('Reason').fill('Paid by hand');
      await page.getByRole('heading', { name: 'Dead letters', level: 1 }).click();
      await page.keyboard.press('x');
      await page.keyboard.press('Enter');
      await page.getByText('Nothing was given up on').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Discarded' }).click();
      await detail().getByText('Paid by hand').waitFor();
      await page.getByLabel('What was given up on').selectOption('message');
      await page.getByRole('heading', { name: 'No dead letter matches' }).waitFor();
      await page.getByRole('button', { name: 'Clear the filter' }).click();
      await detail().getByText('Paid by hand').waitFor();
    }, 60_000);
  },
);
