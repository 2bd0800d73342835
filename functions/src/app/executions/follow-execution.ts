/**
 * An execution as documents that keep themselves current: read once, then fed by the store's changes, for all its watchers together. News
 * wake them not more often than every `restMs`: who takes its time sees later states, never a queue of old ones.
 */

import type { Plan } from '@automateos/shared/engine/plan';
import { Branch } from '@automateos/shared/model/branch';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import type { Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { eachBranch } from '../engine/each-branch.ts';
import { planOf } from '../engine/plan-of.ts';
import { readExecution } from '../engine/read-execution.ts';
import type { Share } from '../live/shares.ts';
import { type JournalView, viewJournal } from './journal-view.ts';
import { loopOf, loopsPath } from './read-journal.ts';

const restMs = 100;
/** Whoever comes later than this after the branches were read has them read again: the store's changes may be late. */
const freshMs = 1_000;

export type FollowedExecution = Share & {
  /** For each new watcher, before it looks. */
  joined(): void;
  /** The same for all who look between two changes; null when the execution was deleted. Throws NOT_FOUND. */
  look(): Promise<JournalView | null>;
  /** Resolves when there may be more to see than in that revision, or with the signal. */
  changed(revision: number, signal: AbortSignal): Promise<void>;
};

export function openExecution(app: App, org: string, id: string): FollowedExecution {
  const branches = new Map<string, Branch>();
  const waiting = new Set<() => void>();
  let revision = 0;
  let seen: { readonly revision: number; readonly view: Promise<JournalView | null> } | null = null;
  let plan: Promise<Plan> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  let isStale = true;
  let stopRest: (() => void) | null = null;

  const wake = (): void => {
    stopRest = null;
    const woken = [...waiting];
    waiting.clear();
    for (const one of woken) one();
  };
  const touch = (): void => {
    revision += 1;
    stopRest ??= app.clock.after(restMs, wake);
  };
  const take = (branch: Branch, row: Snapshot): void => {
    // a change that was under way while we read may be older than what we read
    if ((branches.get(row.path)?.rev ?? -1) <= branch.rev) branches.set(row.path, branch);
  };
  const stops = [
    app.store.watch(paths.execution(org, id), touch),
    app.store.watch(paths.branches(org, id), ({ path, snapshot }) => {
      if (snapshot === null) branches.delete(path);
      else take(Branch.parse(snapshot.data), snapshot);
      touch();
    }),
  ];

  async function readBranches(): Promise<void> {
    readAt = app.clock.now();
    isStale = false;
    await eachBranch(app, { org, id }, take);
  }

  async function readLoops(of: Plan): Promise<readonly Loop[]> {
    const hasLoops = [...of.nodes.values()].some((node) => node.container !== null);
    return hasLoops ? (await app.store.query({ collection: loopsPath(org, id) })).flatMap(loopOf) : [];
  }

  async function read(at: number): Promise<JournalView | null> {
    plan ??= readExecution(app, org, id).then(({ data }) => planOf(app, data));
    const known = await plan;
    if (isStale) await readBranches();
    const snapshot = await app.store.get(paths.execution(org, id));
    if (snapshot === null) return null;
    const execution = Execution.parse(snapshot.data);
    // the news of the last steps may still be on their way when the end is seen: no change follows, so they are read
    if (isTerminal(execution.status)) await readBranches();
    const journal = { execution, plan: known, branches: [...branches.values()], loops: await readLoops(known) };
    return viewJournal(app, journal, at);
  }

  return {
    joined() {
      if (app.clock.now() - readAt <= freshMs) return;
      isStale = true;
      revision += 1;
    },
    look() {
      if (seen?.revision === revision) return seen.view;
      const view = read(revision).catch((error: unknown) => {
        if (seen?.view === view) seen = null;
        plan = null;
        isStale = true;
        throw error;
      });
      seen = { revision, view };
      return view;
    },
    async changed(known, signal) {
      if (signal.aborted || (revision > known && stopRest === null)) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
    close() {
      for (const stop of stops) stop();
      stopRest?.();
      wake();
    },
  };
}
