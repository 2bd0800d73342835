/**
 * People in a real browser: an owner invites, the newcomer registers by the link and sees what the role may, the owner removes them again;
 * and a new password by a link. No link's secret stays in the address. The console must have been built (web/dist).
 */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './accessible.ts';
import { findChromium, launchFlags, skipReason } from './browser.ts';
import { type RunningServer, startServer } from './server.ts';

const executable = findChromium();
if (executable === null) process.stderr.write(`${skipReason}\n`);

const guest = { email: 'bob@example.com', password: 'a good long password', next: 'another good password' };

describe.skipIf(executable === null && process.env.CI !== 'true')(
  executable === null ? `people in the console (${skipReason})` : 'people in the console',
  () => {
    let server: RunningServer;
    let browser: Browser;
    let owner: Page;
    let newcomer: Page;
    let link = '';
    const complaints: string[] = [];

    beforeAll(async () => {
      if (executable === null) throw new Error(skipReason);
      server = await startServer();
      browser = await chromium.launch({ executablePath: executable, args: launchFlags });
      owner = await pageOfItsOwn();
      newcomer = await pageOfItsOwn();
      await owner.goto(`${server.url}/settings/members`);
      await signIn(owner, server.email, server.password);
    }, 90_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    }, 30_000);

    async function pageOfItsOwn(): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      return page;
    }

    async function signIn(page: Page, email: string, password: string): Promise<void> {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.keyboard.press('Enter');
    }

    /** The link as it was sent, its secret gone from the address as soon as the page is there. */
    async function follow(page: Page, address: string, heading: string | RegExp): Promise<void> {
      await page.goto(address);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      expect(page.url()).toBe(address.split('#')[0]);
    }

    it('an owner invites somebody and gets a link to hand over where no mail goes out', async () => {
      await owner.getByRole('button', { name: 'Invite' }).click();
      const dialog = owner.getByRole('dialog', { name: 'Invite somebody' });
      await dialog.getByLabel('E-mail').fill(guest.email);
      await dialog.getByLabel('Role').selectOption('viewer');
      await expectAccessible(owner);
      await owner.keyboard.press('Enter');
      const once = owner.getByRole('dialog', { name: 'Hand over this link' });
      link = (await once.locator('code').textContent()) ?? '';
      await once.getByRole('button', { name: 'I have kept it' }).click();
      await owner.getByRole('button', { name: `Take back the invitation of ${guest.email}` }).waitFor();
    }, 60_000);

    it('the newcomer sees what it is for, registers and is in, with what the role may and reasons for the rest', async () => {
      await follow(newcomer, link, 'Join Default');
      await newcomer.getByText('You are invited as a viewer').waitFor();
      await expectAccessible(newcomer);
      await newcomer.getByLabel('New password').fill(guest.password);
      await newcomer.getByRole('button', { name: 'Make an account and join' }).click();
      await newcomer.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
      await newcomer.goto(`${server.url}/settings/members`);
      await newcomer.getByText(guest.email).first().waitFor();
      expect(await newcomer.getByRole('button', { name: /Invite|Remove/ }).count()).toBe(0);
      for (const page of ['Webhooks out', 'API keys', 'Audit log']) {
        await newcomer.getByRole('link', { name: page }).click();
        await newcomer.getByRole('heading', { name: /^Your role does not include/ }).waitFor();
      }
      await expectAccessible(newcomer);
      await follow(newcomer, link, 'Your invitation');
      await newcomer.getByText('it was used or revoked').waitFor();
    }, 60_000);

    it('a new password by a link ends what was signed in; the link works once', async () => {
      const url = await resetLink();
      const elsewhere = await pageOfItsOwn();
      await follow(elsewhere, url, 'New password');
      await expectAccessible(elsewhere);
      await elsewhere.getByLabel('New password', { exact: true }).fill(guest.next);
      await elsewhere.keyboard.press('Enter');
      await elsewhere.getByRole('heading', { name: 'Password changed' }).waitFor();
      await follow(elsewhere, url, 'New password');
      await elsewhere.getByLabel('New password', { exact: true }).fill(guest.password);
      await elsewhere.keyboard.press('Enter');
      await elsewhere.getByRole('alert').filter({ hasText: 'not valid' }).waitFor();
      await elsewhere.context().close();
      await newcomer.goto(`${server.url}/workflows`);
      await newcomer.getByRole('heading', { name: 'Sign in' }).waitFor();
      await signIn(newcomer, guest.email, guest.next);
      await newcomer.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
    }, 60_000);

    it('with a second organization there is a choice, and nothing of the first is left on the page', async () => {
      await newcomer.goto(`${server.url}/settings/organization`);
      await newcomer.getByRole('button', { name: 'New organization' }).click();
      await newcomer.getByRole('dialog').getByLabel('Name').fill('Bakery');
      await newcomer.keyboard.press('Enter');
      await newcomer.getByRole('button', { name: 'Organization: Bakery' }).click();
      await expectAccessible(newcomer);
      await newcomer.keyboard.press('Escape');
      await newcomer.getByRole('link', { name: 'Members' }).click();
      await newcomer.getByText(guest.email).first().waitFor();
      expect(await newcomer.getByText(server.email).count()).toBe(0);
      await newcomer.getByRole('button', { name: 'Invite' }).waitFor();
      await newcomer.getByRole('button', { name: 'Organization: Bakery' }).click();
      await newcomer.getByRole('menuitemradio', { name: /Default/ }).click();
      await newcomer.getByText(server.email).first().waitFor();
      expect(await newcomer.getByRole('button', { name: 'Invite' }).count()).toBe(0);
    }, 60_000);

    it('whom the owner removes goes on in what is left to them', async () => {
      await owner.reload();
      await owner.getByRole('button', { name: `Remove ${guest.email}` }).click();
      await owner.getByRole('button', { name: 'Remove the member' }).click();
      await owner.getByText('is no member any more').waitFor();
      await newcomer.getByRole('link', { name: 'Executions' }).click();
      await newcomer.getByText('You are no longer a member of Default').waitFor();
      await newcomer.getByText('Bakery').first().waitFor();
      await owner.goto(`${server.url}/settings/audit-log`);
      await owner.getByText('member.removed').waitFor();
      await expectAccessible(owner);
      expect(complaints).toEqual([]);
    }, 60_000);

    async function resetLink(): Promise<string> {
      const json = { 'content-type': 'application/json' };
      const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
        const init = { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) };
        return (await (await fetch(server.url + path, init)).json()) as Record<string, unknown>; // the REST interface answers objects here
      };
      const { token } = await post('/v1/auth/login', { email: server.email, password: server.password });
      const { url } = await post('/v1/admin/password-reset-links', { email: guest.email }, { authorization: `Bearer ${token}` });
      return String(url);
    }
  },
);
