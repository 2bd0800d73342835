/**
 * Credentials of a single-user installation from its environment, so that none has to be typed into anything:
 *
 *     AUTOMATEOS_CREDENTIAL_MY_SHOP_KIND=http-bearer       the credential `my-shop`
 *     AUTOMATEOS_CREDENTIAL_MY_SHOP_TOKEN=...              its field `token`; CLIENT_ID is `clientId`
 *     AUTOMATEOS_CREDENTIAL_MY_SHOP_HOSTS=api.shop.example where it may be sent; comma-separated, optional
 *     AUTOMATEOS_CREDENTIALS={"my-shop": {"kind": "http-bearer", "data": {"token": "..."}, "allowedHosts": []}}
 *
 * AUTOMATEOS_CREDENTIALS_FILE names a file in the form of .env with such lines. Messages name variables, never values.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { ConfigError } from './variable-kinds.ts';

export type EnvironmentCredential = {
  readonly name: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly allowedHosts: readonly string[];
};

type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'AUTOMATEOS_CREDENTIAL_';
const kindEnding = '_KIND';

const Json = z.record(
  z.string().min(1).max(100),
  z.strictObject({ kind: z.string(), data: z.record(z.string(), z.string()), allowedHosts: z.array(z.string()).default([]) }),
);

/** Throws ConfigError. */
export function readEnvironmentCredentials(given: Environment = process.env): readonly EnvironmentCredential[] {
  const environment = { ...fromFile(given.AUTOMATEOS_CREDENTIALS_FILE), ...given };
  const found = [...fromVariables(environment), ...fromJson(environment.AUTOMATEOS_CREDENTIALS)];
  const names = found.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ConfigError(`The credential ${twice} is in the environment twice`);
  return found;
}

function fromFile(path: string | undefined): Environment {
  if (path === undefined || path === '') return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`AUTOMATEOS_CREDENTIALS_FILE cannot be read: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  return Object.fromEntries(Object.entries(parseEnv(text)).filter(([name]) => name.startsWith('AUTOMATEOS_CREDENTIAL')));
}

/** A name may be the beginning of another one: the longest that fits has the field. */
function fromVariables(environment: Environment): readonly EnvironmentCredential[] {
  const mine = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined && value !== '' ? [[name.slice(prefix.length), value] as const] : [],
  );
  const kinds = new Map(
    mine.flatMap(([rest, value]) => (rest.endsWith(kindEnding) ? [[rest.slice(0, -kindEnding.length), value]] : [])),
  );
  const longestFirst = [...kinds.keys()].toSorted((a, b) => b.length - a.length);
  const fields = new Map<string, Record<string, string>>(longestFirst.map((name) => [name, {}]));
  for (const [rest, value] of mine) {
    const name = longestFirst.find((known) => rest.startsWith(`${known}_`));
    const data = name === undefined ? undefined : fields.get(name);
    if (name === undefined || data === undefined)
      throw new ConfigError(`${prefix}${rest} belongs to no credential: set its ..._KIND, too`);
    if (rest !== `${name}${kindEnding}`) data[camelCase(rest.slice(name.length + 1))] = value;
  }
  return [...fields].map(([name, { hosts = '', ...data }]) => ({
    name: name.toLowerCase().replaceAll('_', '-'),
    kind: kinds.get(name) ?? '',
    data,
    allowedHosts: hosts
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
  }));
}

function fromJson(text: string | undefined): readonly EnvironmentCredential[] {
  if (text === undefined || text === '') return [];
  const parsed = Json.safeParse(parseJson(text));
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path }) => path.join('.') || '(whole)').join(', ');
    throw new ConfigError(`AUTOMATEOS_CREDENTIALS is no object {name: {kind, data, allowedHosts?}}: look at ${places}`);
  }
  return Object.entries(parsed.data).map(([name, credential]) => ({ name, ...credential }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError('AUTOMATEOS_CREDENTIALS is no JSON'); // the cause would quote it
  }
}

/** CLIENT_ID -> clientId. */
function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
