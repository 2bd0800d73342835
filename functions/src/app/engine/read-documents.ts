/** Joins and loops that a decision needs, read once and kept until a commit says that they have changed. */
import { loopName, scopedId } from '@automateos/shared/engine/scope';
import { Join, Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Run } from './run.ts';

export async function readJoins(run: Run, joins: readonly string[], loops: readonly string[]): Promise<void> {
  const { org, executionId } = run.branch;
  const ids = [...joins, ...loops];
  const found = await run.app.store.getAll(ids.map((id) => paths.join(org, executionId, id)));
  for (const [at, id] of ids.entries()) {
    const snapshot = found[at] ?? null;
    if (at < joins.length) run.joins.set(id, snapshot && { data: Join.parse(snapshot.data), version: snapshot.version });
    else run.loops.set(id, snapshot && { data: Loop.parse(snapshot.data), version: snapshot.version });
  }
}

export async function readLoop(run: Run, scope: string, container: string): Promise<Loop | null> {
  const id = scopedId(scope, loopName(container));
  if (run.loops.get(id) === undefined) await readJoins(run, [], [id]);
  return run.loops.get(id)?.data ?? null;
}
