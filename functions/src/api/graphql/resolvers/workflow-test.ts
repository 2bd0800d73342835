/** Tests of workflows: running them, and making one of an execution. */
import { runWorkflowTests } from '../../../app/workflow-tests/run-workflow-tests.ts';
import { testOfExecution } from '../../../app/workflow-tests/test-of-execution.ts';
import { RunTests } from '../../rest/workflow-tests.ts';
import type { MutationResolvers, QueryResolvers, WorkflowTestReportResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';

export const workflowTestQueries: QueryResolvers = {
  executionTest: (_, { id }, { app, principal }) =>
    orNull(async () => {
      const file = await testOfExecution(app, principal, id);
      const { renderPlainYaml } = await import('@automateos/shared/graph/render-plain-yaml');
      return renderPlainYaml(file);
    }),
};

export const workflowTestMutations: MutationResolvers = {
  runWorkflowTests: (_, { input }, { app, principal, testRuns }) =>
    orRefused(async () => runWorkflowTests(app, testRuns, principal, parseInput(RunTests, given(input)))),
};

export const workflowTestReportFields: WorkflowTestReportResolvers = {
  results: ({ results }) =>
    results.map(({ error, ...result }) => ({
      ...result,
      error: error === null ? null : { ...error, nodeId: error.nodeId ?? null },
    })),
};
