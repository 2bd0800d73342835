/** What an app keeps in memory beside its plans, by the store that it was read from. */
import type { ExecutionView } from '@automateos/shared/model/execution-view';
import type { WorkflowVersion } from '@automateos/shared/model/workflow';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { Observation } from '@automateos/shared/ports/telemetry';
import type { App } from '../app-context.ts';
import type { DerivedStep } from '../executions/derive-steps.ts';
import type { Journal } from '../executions/read-journal.ts';
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts';

/** A view, and the version of the execution's document that it shows. */
export type FinishedView = { readonly version: string; readonly view: ExecutionView };

export type FinishedJournal = { readonly version: string; readonly journal: Journal; readonly steps: readonly DerivedStep[] };

export type AppCaches = {
  /** Of executions that have ended: nothing of them changes but by a retry, which changes the document. */
  readonly finishedViews: BoundedCache<FinishedView>;
  /** The same with nothing made of it yet: for pages of them. */
  readonly finishedJournals: BoundedCache<FinishedJournal>;
  /** Of large ones that still run: putting one together reads hundreds of documents, and whoever watches it asks again and again. */
  readonly largeViews: BoundedCache<FinishedView>;
  /** Never changed but for their notes, which readers elsewhere may see a minute late. */
  readonly versions: BoundedCache<WorkflowVersion>;
};

/** Characters of JSON. */
const viewChars = 32 * 1024 * 1024;
const journalChars = 16 * 1024 * 1024;
/** How far behind the view of a large running execution may be. */
const largeMs = 5_000;
const versionChars = 16 * 1024 * 1024;

const caches = new WeakMap<DocumentStore, AppCaches>();

export function cachesOf({ store, clock }: Pick<App, 'store' | 'clock'>): AppCaches {
  const known = caches.get(store);
  if (known !== undefined) return known;
  const made: AppCaches = {
    finishedViews: createBoundedCache({ max: 10_000, maxSize: viewChars, now: clock.now }),
    finishedJournals: createBoundedCache({ max: 5_000, maxSize: journalChars, now: clock.now }),
    largeViews: createBoundedCache({ max: 100, maxSize: viewChars, ttlMs: largeMs, now: clock.now }),
    versions: createBoundedCache({ max: 2_000, maxSize: versionChars, ttlMs: 60_000, now: clock.now }),
  };
  caches.set(store, made);
  return made;
}

/** Lookups so far, by cache and result. */
export function cacheLookups(app: App): readonly Observation[] {
  const { finishedViews, finishedJournals, largeViews, versions } = cachesOf(app);
  const all = {
    executions: finishedViews,
    journals: finishedJournals,
    'large-executions': largeViews,
    versions,
    plans: app.plans,
    ...(app.reads === undefined ? {} : { access: app.reads }),
  };
  return Object.entries(all).flatMap(([cache, { lookups }]) => [
    { value: lookups.hit, labels: { cache, result: 'hit' } },
    { value: lookups.miss, labels: { cache, result: 'miss' } },
  ]);
}
