/** What has been committed, execution by execution, kept beside the store so that nothing can unwrite it. */
import type { Step } from '@automateos/shared/model/branch';
import { digest } from '../app/digest.ts';

export type Finished = { readonly path: string; readonly step: Step };

export type Journal = {
  readonly executionId: string;
  finished(scope: string, node: string): Finished | undefined;
  finish(path: string, step: Step): void;
  /** The newest outcome of every step. */
  all(): Iterable<Step>;
};

export type Started = {
  readonly executionId: string;
  readonly scope: string;
  readonly node: string;
  readonly generation: number;
};

export type Journals = {
  of(executionId: string): Journal;
  /** A step was marked as started by a commit. */
  started(executionId: string, step: Step): void;
  /** The step, execution and generation that an idempotency key stands for, by P3; undefined while no commit started such a step. */
  byKey(key: string): Started | undefined;
};

export function createJournals(orgOf: (executionId: string) => string): Journals {
  const journals = new Map<string, Journal>();
  const keys = new Map<string, Started>();
  return {
    of(executionId) {
      let journal = journals.get(executionId);
      if (!journal) {
        journal = createJournal(executionId);
        journals.set(executionId, journal);
      }
      return journal;
    },
    started(executionId, { scope, node, generation }) {
      const key = digest(orgOf(executionId), executionId, scope, node, String(generation), '').slice(0, 40);
      keys.set(key, { executionId, scope, node, generation });
    },
    byKey: (key) => keys.get(key),
  };
}

function createJournal(executionId: string): Journal {
  const finished = new Map<string, Finished>();
  return {
    executionId,
    finished: (scope, node) => finished.get(`${scope}|${node}`),
    finish: (path, step) => finished.set(`${step.scope}|${step.node}`, { path, step }),
    *all() {
      for (const { step } of finished.values()) yield step;
    },
  };
}
