/** What is read when metrics are collected, because somebody counts it already. */
import type { App } from '../app-context.ts';
import { metrics } from './metric-names.ts';

export function observeProcess({ telemetry, store, workers }: App): void {
  telemetry.observe(metrics.branchesActive, () => [{ value: workers.busy() }]);
  telemetry.observe(metrics.storeOperations, () => {
    const { reads, writes, deletes, commits } = store.stats();
    const counts = { read: reads, write: writes, delete: deletes, commit: commits };
    return Object.entries(counts).map(([operation, value]) => ({ value, labels: { operation } }));
  });
}
