/**
 * What has to stay hidden in an execution: the secret values of every credential that its plan names, whoever opened them and when. A branch
 * that goes on after a wait, or beside another one, has opened none of them itself and may be told any of them by a service.
 *
 * Values are read as they are stored: nothing is renewed, and no server asked. They stay in memory for some seconds, so that claims that
 * follow each other do not read and unseal them one by one.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import type { App } from '../app-context.ts';
import { type BoundedCache, createBoundedCache } from '../cache/bounded-cache.ts';
import type { PlanCache } from '../engine/plan-cache.ts';
import type { SecretValue } from '../masking/create-masker.ts';
import { credentialTypesOf } from './credential-types.ts';
import { openTokens, tokenFields } from './grants/fresh-tokens.ts';
import { findCredential, openData } from './open-credential.ts';
import { secretsOf } from './opened-credential.ts';

type Secrets = readonly SecretValue[];

/** How long a value that another process has stored may be unknown here. */
const keptMs = 10_000;
const mostKept = 500;

const named = new WeakMap<Plan, readonly string[]>();
/** By process: its plan cache is its own. */
const caches = new WeakMap<PlanCache, BoundedCache<Secrets>>();

/** Those of the credentials but `opened`, which the caller knows. A credential that is not there, or opens no more, has no values to hide. */
export async function planSecrets(app: App, org: string, plan: Plan, opened: ReadonlySet<string> = new Set()): Promise<Secrets> {
  const names = credentialsOf(plan).filter((name) => !opened.has(name));
  if (names.length === 0) return [];
  return (await Promise.all(names.map((name) => storedSecrets(app, org, name)))).flat();
}

/** What a step has just opened is the newest there is. */
export function rememberSecrets(app: App, org: string, name: string, secrets: Secrets): void {
  cacheOf(app).set(`${org}/${name}`, secrets);
}

function credentialsOf(plan: Plan): readonly string[] {
  const known = named.get(plan);
  if (known !== undefined) return known;
  const names = [...new Set([...plan.nodes.values()].flatMap(({ credential }) => credential ?? []))];
  named.set(plan, names);
  return names;
}

function cacheOf({ plans, clock }: App): BoundedCache<Secrets> {
  const known = caches.get(plans);
  if (known !== undefined) return known;
  const made = createBoundedCache<Secrets>({ max: mostKept, ttlMs: keptMs, now: clock.now });
  caches.set(plans, made);
  return made;
}

async function storedSecrets(app: App, org: string, name: string): Promise<Secrets> {
  const known = cacheOf(app).get(`${org}/${name}`);
  if (known !== undefined) return known;
  const secrets = await readSecrets(app, org, name);
  rememberSecrets(app, org, name, secrets);
  return secrets;
}

async function readSecrets(app: App, org: string, name: string): Promise<Secrets> {
  const found = await findCredential(app, org, name);
  if (found === null) return [];
  const { credential, row } = found;
  const { grant } = credential;
  try {
    const fields = await openData(app, row.path, credential);
    const tokens = grant?.sealedTokens == null ? {} : tokenFields(await openTokens(app, row.path, grant));
    return secretsOf(credentialTypesOf(app.nodeTypes).get(credential.kind), credential.name, { ...fields, ...tokens });
  } catch {
    return []; // its key is gone: no step can have opened it either
  }
}
