/** One test of a workflow: the definition runs once in a world of its own, and what happened is held against what was expected. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { StepView } from '@automateos/shared/model/execution-view';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { TestFailure, TestResult, WorkflowTest } from '@automateos/shared/model/workflow-test';
import type { App } from '../app-context.ts';
import { readExecution } from '../engine/read-execution.ts';
import { startExecution } from '../engine/start-execution.ts';
import { deriveStatus } from '../executions/derive-status.ts';
import { deriveSteps } from '../executions/derive-steps.ts';
import { answerBudget, loadWithin, presentStep } from '../executions/present-step.ts';
import { readJournal } from '../executions/read-journal.ts';
import { VariableName } from '../variables/variables.ts';
import { checkExpectations, type Observed } from './check-expectations.ts';
import { createIsolatedApp, type IsolatedApp, type RunLimits } from './isolated-app.ts';
import { createMockHttp, type MockHttp } from './mock-http.ts';
import { type MockedNodes, mockNodes } from './mock-nodes.ts';

export const testRunLimits: RunLimits = {
  wallMs: 10_000,
  branchRuns: 5_000,
  storedBytes: 64 * 1_048_576,
  virtualMs: 400 * 86_400_000,
};

const defaultNow = '2026-01-01T00:00:00.000Z';

/** Whoever runs inside: alone in an organization that exists only there. */
const tester: Principal = { org: 'org_test', userId: 'usr_test', role: 'owner', via: 'system' };

export type RanTest = {
  readonly result: TestResult;
  /** Of every step that ran: the node, and the port it left by. */
  readonly reached: readonly { readonly nodeId: string; readonly port: string | null }[];
};

export async function runWorkflowTest(app: App, definition: Definition, test: WorkflowTest, wallMs: number): Promise<RanTest> {
  const began = app.clock.now();
  const http = createMockHttp(test.mocks.http ?? []);
  const mocked = mockNodes(definition, app.nodeTypes, test.mocks.nodes ?? {});
  const startAt = Date.parse(test.now ?? defaultNow);
  const limits = { ...testRunLimits, wallMs: Math.min(wallMs, testRunLimits.wallMs) };
  const world = createIsolatedApp(app, { nodeTypes: mocked.nodeTypes, http, startAt, limits });
  try {
    const observed = await observe(world, { test, mocked, http });
    const failures = [...misplaced(mocked), ...checkExpectations(test.expect, observed)];
    return { result: present(test, observed, failures, { began, ended: app.clock.now() }), reached: observed.steps };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const first = error.problems?.[0];
    const message = first === undefined ? error.message : `${error.message} ${first.path}: ${first.message}`;
    const observed = { ...nothing(http), error: { code: error.code, message } };
    // a start that is refused as expected is a test that passes
    const failures =
      test.expect.error === undefined
        ? [{ path: 'execution', expected: null, actual: null, message }]
        : checkExpectations(test.expect, observed);
    const result = present(test, observed, [...misplaced(mocked), ...failures], { began, ended: app.clock.now() });
    return { result, reached: [] };
  } finally {
    world.close();
  }
}

function misplaced({ problems }: MockedNodes): readonly TestFailure[] {
  return problems.map(({ path, message }) => ({ path, expected: null, actual: null, message }));
}

type Setup = { readonly test: WorkflowTest; readonly mocked: MockedNodes; readonly http: MockHttp };

async function observe({ app, time, work }: IsolatedApp, { test, mocked, http }: Setup): Promise<Observed> {
  await setVariables(app, test.vars ?? {});
  const { errorWorkflow: _, ...settings } = mocked.definition.settings;
  const draft = { ...mocked.definition, settings };
  const startedAt = time.now();
  const { executionId } = await startExecution(app, tester, {
    workflowId: 'wf_test',
    triggerId: test.trigger,
    input: test.input ?? {},
    draft,
    trigger: { kind: kindOf(draft, test.trigger), test: true },
  });
  const execution = async (): Promise<Execution> => (await readExecution(app, tester.org, executionId)).data;
  await work(async () => isTerminal((await execution()).status));
  return {
    ...(await look(app, await execution(), Object.keys(test.expect.steps ?? {}))),
    calls: http.calls,
    virtualMs: time.now() - startedAt,
  };
}

/** Inputs are checked against the schema where people send them, as for a real start. */
function kindOf({ nodes }: Definition, triggerId: string | undefined): 'manual' | 'webhook' | 'schedule' | 'event' | 'error' {
  const triggers = nodes.filter(({ type, disabled }) => type.startsWith('trigger.') && disabled !== true);
  const chosen = triggerId === undefined && triggers.length === 1 ? triggers[0] : triggers.find(({ id }) => id === triggerId);
  switch (chosen?.type) {
    case 'trigger.webhook':
      return 'webhook';
    case 'trigger.schedule':
      return 'schedule';
    case 'trigger.event':
      return 'event';
    case 'trigger.error':
      return 'error';
    default:
      return 'manual';
  }
}

async function setVariables(app: App, vars: Readonly<Record<string, JsonValue>>): Promise<void> {
  for (const [name, value] of Object.entries(vars)) {
    if (!VariableName.safeParse(name).success) throw new AppError('INVALID_PARAMS', { reason: `vars.${name}: no such name.` });
    const data = { name, value, updatedAt: defaultNow, updatedBy: tester.userId };
    await app.store.commit([{ kind: 'set', path: paths.variable(tester.org, name), data }]);
  }
}

async function look(app: App, execution: Execution, keys: readonly string[]): Promise<Omit<Observed, 'calls' | 'virtualMs'>> {
  const journal = await readJournal(app, execution);
  const derived = await deriveSteps(app.clock, journal);
  const budget = answerBudget();
  const ran = derived.filter(({ entry, status }) => entry !== null || status === 'waiting' || status === 'running');
  const byKey = new Map(derived.map((step) => [step.scope === '' ? step.nodeId : `${step.scope}:${step.nodeId}`, step]));
  const expected: Map<string, StepView | null> = new Map();
  for (const key of keys) {
    const step = byKey.get(key) ?? derived.find(({ nodeId }) => nodeId === key);
    expected.set(key, step === undefined ? null : await presentStep(app, journal, step, budget));
  }
  const { value: output } = await loadWithin(app, execution, journal.plan, execution.output, budget);
  return {
    status: deriveStatus(execution, journal.branches),
    output,
    error: execution.error,
    path: [...new Set(ran.map(({ nodeId }) => nodeId))],
    steps: ran.map(({ nodeId, entry }) => ({ nodeId, port: entry?.port ?? null })),
    expected,
  };
}

const nothing = ({ calls }: MockHttp): Observed => ({
  ...{ status: null, output: null, error: null, path: [], steps: [], calls, virtualMs: 0, expected: new Map() },
});

function present(
  { name }: WorkflowTest,
  { status, output, error, path, calls, virtualMs }: Observed,
  failures: readonly TestFailure[],
  time: { readonly began: number; readonly ended: number },
): TestResult {
  const { code, message, nodeId } = error ?? {};
  return {
    ...{ name, passed: failures.length === 0, failures: [...failures], status, output, path: [...path], virtualMs },
    error: code === undefined || message === undefined ? null : { code, message, ...(nodeId === undefined ? {} : { nodeId }) },
    httpCalls: calls.map(({ method, url, mocked }) => ({ method, url, mocked })),
    durationMs: Math.max(0, Math.round(time.ended - time.began)),
  };
}
