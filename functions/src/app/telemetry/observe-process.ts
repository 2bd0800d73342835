/** What is read when metrics are collected, because somebody counts it already. */
import type { App } from '../app-context.ts';
import { cacheLookups } from '../cache/app-caches.ts';
import { metrics } from './metric-names.ts';

export function observeProcess(app: App): void {
  const { telemetry, store, workers } = app;
  telemetry.observe(metrics.cacheLookups, () => cacheLookups(app));
  telemetry.observe(metrics.branchesActive, () => [{ value: workers.busy() }]);
  telemetry.observe(metrics.storeOperations, () => {
    const { reads, writes, deletes, commits } = store.stats();
    const counts = { read: reads, write: writes, delete: deletes, commit: commits };
    return Object.entries(counts).map(([operation, value]) => ({ value, labels: { operation } }));
  });
}
