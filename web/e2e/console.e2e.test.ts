/**
 * The console in a real browser against the real server, in a fresh data folder: sign in, run a workflow, see the step that failed, mend it,
 * retry. Each page is checked with axe and for messages of the content security policy. The console must have been built (web/dist).
 */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './accessible.ts';
import { startApproval } from './approval.ts';
import { findChromium, launchFlags, skipReason } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';
import { startTarget, type Target } from './target.ts';

const executable = findChromium();
if (executable === null) process.stderr.write(`${skipReason}\n`);

describe.skipIf(executable === null && process.env.CI !== 'true')(
  executable === null ? `the console (${skipReason})` : 'the console',
  () => {
    let server: RunningServer;
    let target: Target;
    let browser: Browser;
    let page: Page;
    let approvalPath = '';
    const complaints: string[] = [];

    beforeAll(async () => {
      if (executable === null) throw new Error(skipReason);
      target = await startTarget();
      server = await startServer();
      browser = await chromium.launch({ executablePath: executable, args: launchFlags });
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) complaints.push(message.text());
      });
    }, 90_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await target?.stop();
    }, 30_000);

    it('asks who you are, refuses a wrong password in words, and returns to the page that was asked for', async () => {
      await page.goto(`${server.url}/executions?status=failed`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await expectAccessible(page);
      await page.getByLabel('E-mail').fill(server.email);
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor();
      await page.getByLabel('Password', { exact: true }).fill(server.password);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/executions?status=failed');
      await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
      await expectAccessible(page);
    }, 60_000);

    it('shows the faults of a definition at their lines before it can be created', async () => {
      await page.goto(`${server.url}/workflows/new`);
      const editor = page.getByLabel('Workflow as YAML');
      await editor.fill(
        `name: order alert\nnodes:\n  - { id: hook, type: trigger.webhook, params: {} }\n  - { id: call, type: http.reqest, params: {} }\nedges:\n  - { from: hook, to: call }\n`,
      );
      await page.getByText('Line 4').first().waitFor();
      await expectAccessible(page);
      await editor.fill(target.definition);
      await page.getByText('No problems').waitFor();
      await page.getByRole('button', { name: 'Create workflow' }).click();
      await page.waitForURL('**/workflows/wf_*');
      await page
        .getByRole('region', { name: 'Graph of order alert' })
        .getByRole('button', { name: /^Tell the shop/ })
        .waitFor();
      await expectAccessible(page);
    }, 60_000);

    it('a version saved after the live one says so, and becomes live with one click', async () => {
      await page.getByRole('switch', { name: 'order alert is off' }).click();
      await page.getByRole('switch', { name: 'order alert is on' }).waitFor();
      await page.getByRole('button', { name: 'YAML', exact: true }).click();
      const editor = page.getByLabel('order alert as YAML');
      await editor.fill(`${target.definition}# saved again\n`);
      await page.getByRole('button', { name: 'Save as v2' }).click();
      await page.getByText('v1 is live', { exact: true }).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Activate v2' }).click();
      await page.getByText('v1 is live', { exact: true }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Graph', exact: true }).click();
    }, 60_000);

    it('the workflow that is on is run; the failed step opens with its reason', async () => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByLabel('Input as JSON').fill('{"total": 120}');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Run now' }).click();
      await page.waitForURL('**/executions/exe_*');
      await page.getByText('Failed at Tell the shop').waitFor();
      const inspector = page.getByRole('complementary', { name: /Tell the shop, failed/ });
      await inspector.getByRole('heading', { name: 'The other side answered 503' }).waitFor();
      await expectAccessible(page);
    }, 60_000);

    it('retries from the failed step once the other side is mended, and the graph follows', async () => {
      target.mend();
      await page.getByRole('button', { name: 'Retry from failed step' }).click();
      await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
      const card = page
        .getByRole('region', { name: 'Graph of order alert' })
        .getByRole('button', { name: /^Tell the shop.*Succeeded/ });
      await card.waitFor();
      expect(target.calls()).toBeGreaterThanOrEqual(2);
    }, 60_000);

    it('forks from a step with another input into a new execution, and the old one stays', async () => {
      const before = new URL(page.url()).pathname;
      await page.getByRole('button', { name: 'Fork', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Fork from a step' });
      await dialog.getByLabel('Start again from').selectOption({ label: 'Big' });
      await dialog.getByLabel('Change the input of the execution').check();
      await dialog.getByLabel('Input as JSON').fill('{"total": 5}');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Start the fork' }).click();
      await page.waitForURL((url) => url.pathname !== before);
      await page.getByText('Forked from').waitFor();
      await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
      await page
        .getByRole('region', { name: 'Graph of order alert' })
        .getByRole('button', { name: /^Tell the shop.*(Skipped|Not taken)/ })
        .waitFor();
    }, 60_000);

    it('is walked by keyboard: arrows move through the timeline, Enter opens a step, Escape closes it', async () => {
      await page.keyboard.press('Escape');
      await page.getByRole('tree', { name: 'Timeline of steps' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL('**step=big**');
      const inspector = page.getByRole('complementary', { name: /Big, succeeded/ });
      await inspector.getByRole('tab', { name: 'Input' }).click();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await inspector.waitFor({ state: 'detached' });
    }, 60_000);

    it('asks for a decision with its form, counts what waits, and shows what was decided', async () => {
      const executionId = await startApproval(server);
      await page.goto(`${server.url}/approvals`);
      await page.getByRole('link', { name: 'Approvals 1 waiting' }).waitFor();
      const detail = page.getByRole('region', { name: 'Approval', exact: true });
      await detail.getByRole('heading', { name: 'Refund order 7?' }).waitFor();
      await detail.getByText(`Waiting for ${server.email}`).waitFor();
      await detail.getByRole('region', { name: 'How it got here' }).getByText('Go', { exact: true }).waitFor();
      await expectAccessible(page);
      await detail.getByLabel('amount').fill('12.5');
      await detail.getByLabel('Note').fill('Photo checked');
      await page.getByRole('heading', { name: 'Approvals', level: 1 }).click();
      await page.keyboard.press('a');
      await page.keyboard.press('Enter');
      await page.getByText('No approvals are waiting').waitFor();
      await page.getByRole('button', { name: 'Done' }).click();
      await detail.getByText('Photo checked').waitFor();
      await page.getByRole('link', { name: /Refund order 7/ }).click();
      approvalPath = new URL(page.url()).pathname;
      await expectAccessible(page);
      await page.goto(`${server.url}/executions/${executionId}`);
      await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
    }, 60_000);

    it('reads on a phone and in the dark without a sideways scroll', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: 'dark' });
      for (const path of ['/workflows', '/executions', '/approvals', approvalPath, new URL(page.url()).pathname, '/settings']) {
        await page.goto(server.url + path);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      }
    }, 60_000);

    it('signs out', async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(complaints).toEqual([]);
    }, 30_000);
  },
);
