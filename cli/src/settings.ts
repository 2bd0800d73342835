/**
 * Which server, as whom and in which organization. Environment first (AUTOMATEOS_URL, AUTOMATEOS_TOKEN, AUTOMATEOS_ORGANIZATION), then the file that `login` wrote, then the embedded
 * default. A stored token belongs to one server and is sent to no other.
 */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError, usageError } from './cli-error.ts';
import { exitCode } from './exit-code.ts';
import type { Host } from './host.ts';

export const defaultUrl = 'http://127.0.0.1:8080';

const Config = z.looseObject({
  url: z.string(),
  token: z.string().optional(),
  expiresAt: z.string().nullish(),
  email: z.string().nullish(),
  /** Id of the one that commands work in. */
  organization: z.string().nullish(),
});
export type Config = z.infer<typeof Config>;

export type Settings = {
  readonly url: string;
  readonly token: string | undefined;
  readonly tokenFrom: 'environment' | 'config' | 'none';
  /** When the stored session ends; absent for API keys. */
  readonly expiresAt: string | undefined;
  readonly email: string | undefined;
  /** Sent along where there is one: members of several must name it. */
  readonly organization: string | undefined;
};

export function configPath(host: Host): string {
  const base = host.env.XDG_CONFIG_HOME || join(host.homeDirectory, '.config');
  return join(base, 'automateos', 'config.json');
}

export async function loadSettings(host: Host, urlOption: string | undefined): Promise<Settings> {
  const config = await readConfig(host);
  const stored = config === null ? undefined : normaliseUrl(config.url);
  const url = normaliseUrl(urlOption || host.env.AUTOMATEOS_URL || stored || defaultUrl);
  const fromEnvironment = host.env.AUTOMATEOS_TOKEN;
  const organization = host.env.AUTOMATEOS_ORGANIZATION || undefined;
  const nobody = { expiresAt: undefined, email: undefined, organization };
  if (fromEnvironment) return { url, token: fromEnvironment, tokenFrom: 'environment', ...nobody };
  if (config?.token === undefined || stored !== url) {
    return { url, token: undefined, tokenFrom: 'none', ...nobody };
  }
  const { token, expiresAt, email } = config;
  const chosen = { organization: organization ?? config.organization ?? undefined };
  return { url, token, tokenFrom: 'config', expiresAt: expiresAt ?? undefined, email: email ?? undefined, ...chosen };
}

/** Readable by its owner only, and whole at every moment: written beside and renamed. */
export async function saveConfig(host: Host, config: Config): Promise<string> {
  const path = configPath(host);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await chmod(partial, 0o600);
  await rename(partial, path);
  return path;
}

export async function forgetConfig(host: Host): Promise<void> {
  await rm(configPath(host), { force: true });
}

export function normaliseUrl(text: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw usageError(`${JSON.stringify(text)} is not the address of a server.`, `An address looks like ${defaultUrl}`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A server on this machine, reached over loopback. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

async function readConfig(host: Host): Promise<Config | null> {
  const path = configPath(host);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new CliError({ code: 'CONFIG_UNREADABLE', message: `${path} cannot be read.`, exit: exitCode.usage }, { cause });
  }
  const parsed = Config.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CliError({
    code: 'CONFIG_UNREADABLE',
    message: `${path} is not a configuration file of this command.`,
    exit: exitCode.usage,
    mend: ['Sign in again: automateos login', 'Or remove the file.'],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller reports the file as a whole.
  }
}
