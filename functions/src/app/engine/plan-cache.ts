/**
 * Compiled plans by workflow version. Versions never change, so an entry is right for ever; the cache is bounded.
 * A run of a draft has version 0 and its own definition document below the execution.
 */
import { compile } from '@automateos/shared/engine/compile';
import type { Plan } from '@automateos/shared/engine/plan';
import { Definition } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import { WorkflowVersion } from '@automateos/shared/model/workflow';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { LRUCache } from 'lru-cache';

export type PlanCache = {
  /** null when there is no such version. Who brings a store (one that counts) has it read through that. */
  load(org: string, workflowId: string, version: number, via?: DocumentStore): Promise<Plan | null>;
  /** The plan of a draft run, whose definition lies below the execution. */
  loadDraft(org: string, workflowId: string, executionId: string, via?: DocumentStore): Promise<Plan | null>;
  compileDraft(workflowId: string, definition: Definition): Plan;
  readonly lookups: { readonly hit: number; readonly miss: number };
};

export const draftPath = (org: string, executionId: string): string => `${paths.execution(org, executionId)}/definitions/draft`;

export type PlanCacheOptions = {
  readonly store: DocumentStore;
  readonly nodeTypes: NodeTypes;
  /** A definition that was not in the cache is about to run. */
  readonly loaded?: (definition: Definition) => void;
};

export function createPlanCache({ store, nodeTypes, loaded }: PlanCacheOptions): PlanCache {
  const cache = new LRUCache<string, Plan>({ max: 500 });
  const lookups = { hit: 0, miss: 0 };
  const manifests = new Map([...nodeTypes].map(([type, node]) => [type, node.manifest]));

  async function through(key: string, read: () => Promise<Plan | null>): Promise<Plan | null> {
    const known = cache.get(key);
    lookups[known ? 'hit' : 'miss'] += 1;
    if (known) return known;
    const plan = await read();
    if (plan) {
      cache.set(key, plan);
      loaded?.(plan.definition);
    }
    return plan;
  }

  return {
    lookups,
    load: (org, workflowId, version, via = store) =>
      through(`${org}/${workflowId}/${version}`, async () => {
        const snapshot = await via.get(paths.version(org, workflowId, version));
        if (!snapshot) return null;
        const { definition } = WorkflowVersion.parse(snapshot.data);
        return compile({ definition, manifests, workflowId, version });
      }),
    loadDraft: (org, workflowId, executionId, via = store) =>
      through(`${org}/${executionId}`, async () => {
        const snapshot = await via.get(draftPath(org, executionId));
        if (!snapshot) return null;
        return compile({ definition: Definition.parse(snapshot.data.definition), manifests, workflowId, version: 0 });
      }),
    compileDraft: (workflowId, definition) => compile({ definition, manifests, workflowId, version: 0 }),
  };
}
