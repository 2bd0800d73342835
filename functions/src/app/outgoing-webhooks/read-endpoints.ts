/**
 * The endpoints of an organization. Whoever sends an event asks each time; what is known is remembered by each process for a minute, so that
 * an organization without endpoints pays one read a minute while something runs, and nothing else. A new endpoint hears within a minute.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { type WebhookEndpoint, WebhookEndpoints } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import type { PlanCache } from '../engine/plan-cache.ts';

const rememberedMs = 60_000;

type Known = { readonly at: number; readonly endpoints: readonly WebhookEndpoint[] };

/** By process (its plan cache is its own) and organization. */
const knownOf = new WeakMap<PlanCache, LRUCache<string, Promise<Known>>>();

/** At most a minute old. Whoever comes first in a minute reads, the others wait for the same answer. */
export async function knownEndpoints(app: App, org: string): Promise<readonly WebhookEndpoint[]> {
  const cache = knownOf.get(app.plans) ?? new LRUCache<string, Promise<Known>>({ max: 1_000 });
  knownOf.set(app.plans, cache);
  const loading = cache.get(org);
  const known = await loading;
  if (known && app.clock.now() - known.at < rememberedMs) return known.endpoints;
  const now = cache.get(org);
  if (now !== undefined && now !== loading) return (await now).endpoints;
  const fresh = load(app, org);
  cache.set(org, fresh);
  fresh.catch(() => cache.delete(org)); // whoever waits is told; the next one tries again
  return (await fresh).endpoints;
}

/** After a change made here; other processes hear of it within a minute. */
export function forgetEndpoints(app: App, org: string): void {
  knownOf.get(app.plans)?.delete(org);
}

export type StoredEndpoints = {
  readonly endpoints: readonly WebhookEndpoint[];
  /** null: there is no document yet. */
  readonly version: string | null;
};

/** As they are now. */
export async function readEndpoints(app: App, org: string): Promise<StoredEndpoints> {
  const snapshot = await app.store.get(paths.webhookEndpoints(org));
  if (snapshot === null) return { endpoints: [], version: null };
  return { endpoints: WebhookEndpoints.parse(snapshot.data).endpoints, version: snapshot.version };
}

/** Throws NOT_FOUND. */
export function endpointOf({ endpoints }: Pick<StoredEndpoints, 'endpoints'>, id: string): WebhookEndpoint {
  const found = endpoints.find((endpoint) => endpoint.id === id);
  if (found === undefined) throw new AppError('NOT_FOUND', { what: 'webhook endpoint', id: id.slice(0, 64) });
  return found;
}

async function load(app: App, org: string): Promise<Known> {
  const { endpoints } = await readEndpoints(app, org);
  return { at: app.clock.now(), endpoints };
}
