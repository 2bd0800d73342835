/**
 * Every branch of an execution, in portions, with others served between them: a large one would hold the process for a second. A branch that
 * changes meanwhile comes as it was or as it is; one that is made meanwhile comes or does not.
 */
import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

/** Some hundred kilobytes of journals. */
const portion = 25;

export async function eachBranch(
  { store, clock }: Pick<App, 'store' | 'clock'>,
  { org, id }: { readonly org: string; readonly id: string },
  take: (branch: Branch, row: Snapshot) => void,
): Promise<void> {
  const query = { collection: paths.branches(org, id), limit: portion };
  for (let last: string | null = null; ; ) {
    const rows: readonly Snapshot[] = await store.query(
      last === null ? query : { ...query, startAfter: { values: [], path: last } },
    );
    for (const row of rows) take(Branch.parse(row.data), row);
    if (rows.length < portion) return;
    last = rows.at(-1)?.path ?? null;
    await clock.sleep(0);
  }
}
