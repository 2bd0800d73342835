/** Routes what just happened and commits it where more than this branch's position changes. */
import { type Move, type RouteDocs, route } from '@automateos/shared/engine/route';
import type { Branch } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import { type Committed, checkpoint } from './checkpoint.ts';
import { finishExecution } from './finish-execution.ts';
import { readJoins } from './read-documents.ts';
import type { Run } from './run.ts';

export async function move(run: Run, what: Move): Promise<Committed> {
  const docs: RouteDocs = {
    join: (id) => dataOf(run.joins.get(id)),
    loop: (id) => dataOf(run.loops.get(id)),
    plantedBug: run.app.settings.plantedBug,
  };
  for (;;) {
    const routed = route(run.plan, run.branch, what, docs, toInstant(run.app.clock.now()));
    if (routed.kind === 'need') {
      await readJoins(run, routed.joins, routed.loops);
      continue;
    }
    const { next, lane, local, created, joins, loops } = routed;
    const branch: Branch = { ...run.branch, at: next, lane, local, wait: null, answer: null, status: next ? 'running' : 'ended' };
    if (routed.finished) return finishExecution(run, { branch, joins, loops });
    if (next && created.length + joins.length + loops.length === 0) {
      run.branch = branch;
      return 'ok';
    }
    return checkpoint(run, { branch, created, joins, loops });
  }
}

function dataOf<T>(known: { readonly data: T } | null | undefined): T | null | undefined {
  return known ? known.data : known;
}
