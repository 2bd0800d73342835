/**
 * What fields point at, gathered over one tick and read together: a page of fifty executions asks for its workflows once. They live as long
 * as the request (or, in a subscription, one event), so that nobody is shown what somebody else was allowed to see.
 */
import type { Execution } from '@automateos/shared/model/execution';
import type { ExecutionSummaryView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import DataLoader from 'dataloader';
import type { App } from '../../app/app-context.ts';
import type { Versioned } from '../../app/engine/run.ts';
import type { Budget } from '../../app/executions/present-step.ts';
import {
  type ExecutionDetails,
  readExecutionDetails,
  readExecutions,
  summarizeExecutions,
} from '../../app/executions/read-many-executions.ts';
import { getVersions, getWorkflows, type VersionRef } from '../../app/workflows/get-many-workflows.ts';

/** What a use case takes at once, at most. */
const batch = { maxBatchSize: 500 };

export type Loaders = {
  readonly workflow: DataLoader<string, Workflow | null>;
  readonly version: DataLoader<VersionRef, WorkflowVersion | null, string>;
  readonly stored: DataLoader<string, Versioned<Execution> | null>;
  readonly execution: DataLoader<string, ExecutionSummaryView | null>;
  readonly details: DataLoader<string, ExecutionDetails | null>;
};

export function createLoaders(app: App, principal: Principal, budget: Budget): Loaders {
  const stored = new DataLoader<string, Versioned<Execution> | null>((ids) => readExecutions(app, principal, ids), batch);
  return {
    stored,
    workflow: new DataLoader((ids) => getWorkflows(app, principal, ids), batch),
    version: new DataLoader((refs) => getVersions(app, principal, refs), {
      ...batch,
      cacheKeyFn: ({ workflowId, version }) => `${workflowId}/${version}`,
    }),
    execution: new DataLoader(async (ids) => summarizeExecutions(app, principal, await all(stored, ids)), batch),
    details: new DataLoader(async (ids) => {
      const found = await all(stored, ids);
      const read = await readExecutionDetails(
        app,
        principal,
        found.filter((one) => one !== null),
        budget,
      );
      let at = 0;
      return found.map((one) => (one === null ? null : (read[at++] ?? null)));
    }, batch),
  };
}

function all<V>(loader: DataLoader<string, V>, ids: readonly string[]): Promise<readonly V[]> {
  return Promise.all(ids.map((id) => loader.load(id)));
}
