/**
 * Runs the tests of a workflow, one after the other, each in a world of its own: nothing is stored, sent or opened. One run at a time per
 * organization, and two per process, so that tests never starve what is live.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { TestReport, WorkflowTest } from '@automateos/shared/model/workflow-test';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { requireForeignDefinition } from '../workflows/check-definition.ts';
import { getWorkflow } from '../workflows/get-workflow.ts';
import { type RanTest, runWorkflowTest } from './run-workflow-test.ts';
import { testCoverage } from './test-coverage.ts';

/** Of all tests of one call: below what a function may take to answer. */
const allTestsMs = 45_000;
const mostRuns = 2;

export type RunTests = {
  readonly definition?: JsonValue | undefined;
  readonly workflowId?: string | undefined;
  readonly version?: number | undefined;
  readonly tests: readonly WorkflowTest[];
};

/** Runs under way in this process; made once per API. */
export type TestRuns = Set<string>;

/** Throws INVALID_DEFINITION, NOT_FOUND, and RATE_LIMITED while the organization has tests running. */
export async function runWorkflowTests(app: App, runs: TestRuns, principal: Principal, request: RunTests): Promise<TestReport> {
  requirePermission(principal, 'executions.start');
  const subject = await subjectOf(app, principal, request);
  if (runs.has(principal.org) || runs.size >= mostRuns) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 2 });
  runs.add(principal.org);
  try {
    return await runAll(app, subject, request.tests);
  } finally {
    runs.delete(principal.org);
  }
}

type Subject = { readonly workflow: TestReport['workflow']; readonly definition: Definition };

async function subjectOf(app: App, principal: Principal, { definition, workflowId, version }: RunTests): Promise<Subject> {
  if (definition !== undefined && workflowId === undefined && version === undefined) {
    const checked = requireForeignDefinition(app, definition);
    return { definition: checked, workflow: { id: null, name: checked.name, version: null } };
  }
  if (definition !== undefined || workflowId === undefined) {
    throw new AppError('INVALID_PARAMS', { reason: 'Send either a definition, or a workflowId with or without a version.' });
  }
  const found = await getWorkflow(app, principal, workflowId, version);
  const { id } = found.workflow;
  return {
    definition: found.version.definition,
    workflow: { id, name: found.version.definition.name, version: found.version.version },
  };
}

async function runAll(app: App, { definition, workflow }: Subject, tests: readonly WorkflowTest[]): Promise<TestReport> {
  const until = app.clock.now() + allTestsMs;
  const ran: RanTest[] = [];
  for (const test of tests) ran.push(await runWorkflowTest(app, definition, test, Math.max(1, until - app.clock.now())));
  const results = ran.map(({ result }) => result);
  const passed = results.filter((result) => result.passed).length;
  const reached = ran.flatMap((one) => one.reached);
  return {
    workflow,
    passed,
    failed: results.length - passed,
    results,
    coverage: testCoverage(definition, app.nodeTypes, reached),
  };
}
