/**
 * Whether an organization may use more. What it may and what it uses is remembered by each process for some seconds, so that a start costs
 * no count of its own, and nothing at all where there is no quota. A quota can be passed by what all processes let through within
 * `rememberedMs`; what has started goes on.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import { type QuotaName, QuotaOverrides, type Quotas } from '@automateos/shared/model/quota';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import type { PlanCache } from '../engine/plan-cache.ts';
import { countUse, endOfDay } from './count-use.ts';

/** How long a count holds, ms. An estimate of bytes reads more and changes more slowly. */
const rememberedMs: Readonly<Partial<Record<QuotaName, number>>> = {
  executionsPerDay: 5_000,
  concurrentExecutions: 2_000,
  storedBytes: 60_000,
};
const limitsRememberedMs = 30_000;
/** A count that refuses is taken anew after this long: places become free. */
const refusalMs = 1_000;

type Remembered<T> = { readonly at: number; readonly value: Promise<T> };
type Used = { readonly name: QuotaName; count: number };
type Known = { limits: Remembered<Quotas>; readonly used: Map<QuotaName, Remembered<Used>> };

/** By process (its plan cache is its own) and organization. */
const knownOf = new WeakMap<PlanCache, LRUCache<string, Known>>();

/** What the organization may use: the installation's, but for what its owner has said of this one. */
export async function readQuotas(app: App, org: string): Promise<Quotas> {
  const snapshot = await app.store.get(paths.quotaOverrides(org));
  return quotasWith(app, snapshot === null ? null : QuotaOverrides.parse(snapshot.data));
}

export function quotasWith(app: App, overrides: QuotaOverrides | null): Quotas {
  return { ...app.settings.accounts.quotas, ...overrides?.limits };
}

/** Before an execution starts. Throws QUOTA_EXCEEDED; storage throws QUOTA_REACHED, which does not pass by waiting. */
export async function requireStartQuota(app: App, org: string): Promise<void> {
  const known = knowledgeOf(app, org);
  const limits = await known.limits.value;
  const limited = ofStarts.filter((name) => limits[name] !== null);
  if (limited.length === 0) return;
  if (takePlace(await countsOf(app, org, known, limited), limits) === null) return;
  // places may have become free since they were counted
  const refused = takePlace(await countsOf(app, org, known, limited, refusalMs), limits);
  if (refused !== null) throw exceeded(app, refused.name, refused.count, limits[refused.name] ?? 0);
}

const ofStarts = ['executionsPerDay', 'concurrentExecutions', 'storedBytes'] as const satisfies readonly QuotaName[];

/** Nothing comes in between: of a burst each takes its place in the counts, until they are taken anew. The one that has none left, or null. */
function takePlace(counts: readonly Used[], limits: Quotas): Used | null {
  const full = counts.find(({ name, count }) => count >= (limits[name] ?? Number.POSITIVE_INFINITY));
  if (full !== undefined) return full;
  for (const used of counts) if (used.name !== 'storedBytes') used.count += 1;
  return null;
}

function countsOf(app: App, org: string, known: Known, names: readonly QuotaName[], ms?: number): Promise<readonly Used[]> {
  return Promise.all(names.map((name) => usedOf(app, org, known, name, ms ?? rememberedMs[name] ?? 0)));
}

/** Before one more of what is counted is made; `more` of them. Throws QUOTA_REACHED. Counted anew each time. */
export async function requireRoom(app: App, org: string, name: QuotaName, more = 1): Promise<void> {
  const limit = (await knowledgeOf(app, org).limits.value)[name];
  if (limit === null || more <= 0) return;
  const used = await countUse(app, org, name);
  if (used + more > limit) throw exceeded(app, name, used, limit);
}

/** After a change made here; other processes hear of it within half a minute. */
export function forgetQuotas(app: App, org: string): void {
  knownOf.get(app.plans)?.delete(org);
}

function knowledgeOf(app: App, org: string): Known {
  const cache = knownOf.get(app.plans) ?? new LRUCache<string, Known>({ max: 1_000 });
  knownOf.set(app.plans, cache);
  const known = cache.get(org);
  if (known !== undefined && app.clock.now() - known.limits.at < limitsRememberedMs) return known;
  const limits = { at: app.clock.now(), value: readQuotas(app, org) };
  const fresh = { limits, used: known?.used ?? new Map() };
  cache.set(org, fresh);
  limits.value.catch(() => cache.delete(org)); // whoever waits is told; the next one asks again
  return fresh;
}

/** Remembered for at most `ms`; whoever comes first counts, the others wait for the same count. */
function usedOf(app: App, org: string, { used }: Known, name: QuotaName, ms: number): Promise<Used> {
  const now = app.clock.now();
  const remembered = used.get(name);
  if (remembered !== undefined && now - remembered.at < ms) return remembered.value;
  const value = countUse(app, org, name).then((count) => ({ name, count }));
  used.set(name, { at: now, value });
  value.catch(() => used.delete(name)); // whoever waits is told; the next one counts again
  return value;
}

const words: Readonly<Record<QuotaName, string>> = {
  executionsPerDay: 'executions started today (UTC)',
  concurrentExecutions: 'executions that are not finished',
  storedBytes: 'stored bytes, about',
  schedules: 'live schedules',
  workflows: 'workflows',
  members: 'members and open invitations',
  apiKeys: 'API keys',
};

function exceeded(app: App, name: QuotaName, used: number, limit: number): AppError {
  const context = { what: words[name], used, limit };
  if (name !== 'executionsPerDay' && name !== 'concurrentExecutions') return new AppError('QUOTA_REACHED', context);
  const now = app.clock.now();
  const retryAfterSeconds = name === 'concurrentExecutions' ? 5 : Math.ceil((endOfDay(now) - now) / 1_000);
  return new AppError('QUOTA_EXCEEDED', { ...context, retryAfterSeconds });
}
