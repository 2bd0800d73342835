/**
 * When a key was last used, to the hour: written at most once an hour by each process, beside the request and never in its way. A write
 * that fails is missed by nobody but the reader of the list, until the next.
 */
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import type { PlanCache } from '../engine/plan-cache.ts';

const intervalMs = 3_600_000;

/** By process (its plan cache is its own): when each key's use was last written, epoch ms. */
const notedOf = new WeakMap<PlanCache, LRUCache<string, number>>();

export function noteUse(app: App, org: string, keyId: string): void {
  const noted = notedOf.get(app.plans) ?? new LRUCache<string, number>({ max: 10_000 });
  notedOf.set(app.plans, noted);
  const now = app.clock.now();
  if (now - (noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < intervalMs) return;
  noted.set(keyId, now);
  const write = { kind: 'set', path: paths.apiKeyUse(org, keyId), data: { lastUsedAt: toInstant(now) } } as const;
  app.store.commit([write]).catch((error: unknown) => {
    noted.delete(keyId);
    app.logger.debug('api-key-use-not-written', { organization: org, keyId, reason: String(error) });
  });
}
