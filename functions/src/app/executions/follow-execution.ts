/**
 * An execution as documents that keep themselves current: read once, then fed by the store's changes. `changed` resolves when something
 * new is there, not more often than every `restMs`: a reader that takes its time sees later states, never a queue of old ones.
 */

import type { Plan } from '@automateos/shared/engine/plan';
import { Branch } from '@automateos/shared/model/branch';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import type { Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { planOf } from '../engine/plan-of.ts';
import { readExecution } from '../engine/read-execution.ts';
import { type Journal, loopOf, loopsPath } from './read-journal.ts';

const restMs = 100;

export type FollowedExecution = {
  /** null when the execution was deleted. */
  journal(): Promise<Journal | null>;
  /** Resolves with the next change, or at once when there was one since the last `journal()`. */
  changed(): Promise<void>;
  close(): void;
};

export async function followExecution(app: App, org: string, id: string): Promise<FollowedExecution> {
  const branches = new Map<string, Branch>();
  let dirty = false;
  let closed = false;
  let wake: (() => void) | null = null;
  const touch = () => {
    dirty = true;
    wake?.();
  };
  const take = (row: Snapshot) => {
    const branch = Branch.parse(row.data);
    // a change that was under way while we read may be older than what we read
    if ((branches.get(row.path)?.rev ?? -1) <= branch.rev) branches.set(row.path, branch);
  };
  const stops = [
    app.store.watch(paths.execution(org, id), touch),
    app.store.watch(paths.branches(org, id), ({ path, snapshot }) => {
      if (snapshot === null) branches.delete(path);
      else take(snapshot);
      touch();
    }),
  ];
  const close = () => {
    closed = true;
    for (const stop of stops.splice(0)) stop();
    wake?.();
  };

  async function readBranches(): Promise<void> {
    for (const row of await app.store.query({ collection: paths.branches(org, id) })) take(row);
  }

  async function begin(): Promise<Plan> {
    const { data } = await readExecution(app, org, id);
    await readBranches();
    return planOf(app, data);
  }

  const plan = await begin().catch((error: unknown) => {
    close();
    throw error;
  });
  const hasLoops = [...plan.nodes.values()].some((node) => node.container !== null);

  async function readLoops(): Promise<readonly Loop[]> {
    return hasLoops ? (await app.store.query({ collection: loopsPath(org, id) })).flatMap(loopOf) : [];
  }

  return {
    close,
    async journal() {
      dirty = false;
      const snapshot = await app.store.get(paths.execution(org, id));
      if (snapshot === null) return null;
      const execution = Execution.parse(snapshot.data);
      // the news of the last steps may still be on their way when the end is seen: no change follows, so they are read
      if (isTerminal(execution.status)) await readBranches();
      return { execution, plan, branches: [...branches.values()], loops: await readLoops() };
    },
    async changed() {
      if (!dirty && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
      if (!closed) await app.clock.sleep(restMs);
    },
  };
}
