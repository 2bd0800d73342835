/** Signing in and out. The token is kept for one server, in a file that only its owner can read. */
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { Anything, Session as SessionAnswer } from '../http/answers.ts';
import { createApiClient } from '../http/api-client.ts';
import { humanInstant } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';
import { type Config, forgetConfig, isLoopback, normaliseUrl, saveConfig } from '../settings.ts';

type LoginOptions = { email?: string; password?: string; passwordStdin?: boolean; token?: string; tokenStdin?: boolean };

export function registerLogin(program: Command, commands: Commands): void {
  program
    .command('login')
    .description('sign in and remember it for later commands')
    .argument('[url]', 'the server; the embedded one on this machine when absent')
    .option('--email <address>')
    .option('--password <password>', 'seen by others on this machine while it runs; better --password-stdin')
    .option('--password-stdin', 'read the password from stdin')
    .option('--token <token>', 'an API key instead of a password')
    .option('--token-stdin', 'read the API key from stdin')
    .action((url: string | undefined, options: LoginOptions) => commands.run((session) => login(session, url, options)));
  program
    .command('logout')
    .description('forget the stored token')
    .action(() =>
      commands.run(async ({ host, out, settings }) => {
        await forgetConfig(host);
        out.result({ signedOut: true, url: settings.url }, () => out.line(`Signed out of ${settings.url}.`));
        return done;
      }),
    );
}

async function login(session: Session, urlArgument: string | undefined, options: LoginOptions) {
  const { host, out, settings } = session;
  const url = urlArgument === undefined ? settings.url : normaliseUrl(urlArgument);
  warnIfOpen(session, url);
  const config =
    options.token || options.tokenStdin ? await byKey(session, url, options) : await byPassword(session, url, options);
  const path = await saveConfig(host, config);
  if (host.env.AUTOMATEOS_TOKEN) out.note('AUTOMATEOS_TOKEN is set and goes before the stored token.');
  const { token: _secret, ...shown } = config;
  out.result({ ...shown, config: path }, () => {
    const who = config.email ? ` as ${oneLine(config.email)}` : '';
    const until = config.expiresAt ? `, ends ${humanInstant(config.expiresAt, host.nowMs())}` : '';
    out.line(`${out.style.good('✓')} Signed in to ${url}${who}${until}.`);
  });
  return done;
}

async function byPassword(session: Session, url: string, options: LoginOptions): Promise<Config> {
  const { host } = session;
  const email = options.email ?? (await ask(session, 'E-mail: ', false, '--email'));
  const password =
    options.password ??
    (options.passwordStdin
      ? (await host.stdin.readAll()).replace(/\r?\n$/, '')
      : await ask(session, 'Password: ', true, '--password-stdin'));
  const answer = await clientFor(session, url, undefined)
    .call(SessionAnswer, '/v1/auth/login', { method: 'POST', json: { email, password } })
    .catch(wrongPassword);
  const { token, expiresAt, organization } = answer;
  return { url, token, expiresAt, email: answer.user?.email ?? email, organization: organization?.id ?? null };
}

/** Tried once, so that a mistyped key is noticed now. */
async function byKey(session: Session, url: string, options: LoginOptions): Promise<Config> {
  const token = (options.token ?? (await session.host.stdin.readAll())).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw usageError('This is no API key: it is empty or holds characters that no key has.');
  await clientFor(session, url, token).call(z.looseObject({ items: z.array(Anything) }), '/v1/workflows', {
    query: { limit: 1 },
  });
  return { url, token };
}

function clientFor(session: Session, url: string, token: string | undefined) {
  const settings = {
    url,
    token,
    tokenFrom: token === undefined ? 'none' : 'environment',
    expiresAt: undefined,
    email: undefined,
    organization: undefined,
  } as const;
  return createApiClient(settings, session.host.nowMs);
}

function wrongPassword(error: unknown): never {
  if (!(error instanceof CliError) || error.details.status !== 401) throw error;
  throw new CliError(
    { ...error.details, exit: exitCode.unreachable, mend: ['Check the e-mail address and the password.'] },
    { cause: error },
  );
}

async function ask({ host }: Session, question: string, hidden: boolean, option: string): Promise<string> {
  if (!host.stdin.isTTY)
    throw usageError(`There is no terminal to ask on: ${question.replace(': ', '')} is missing.`, `Give it with ${option}.`);
  const answer = await host.stdin.ask(question, { hidden });
  if (answer === null || answer === '') throw usageError('Nothing was entered; you are not signed in.');
  return answer;
}

function warnIfOpen({ out }: Session, url: string): void {
  if (url.startsWith('http:') && !isLoopback(url))
    out.note(out.noteStyle.warn(`${url} is not encrypted: others on the way can read the token. Use https.`));
}
