/**
 * Tests of a workflow as people write them (`*.test.yaml` beside it): an input, what the world answers (mocks), and what is expected. Bounded
 * in every direction; what a name means is docs/guides/workflow-tests.md.
 */
import { z } from 'zod';
import { ExecutionStatus } from './execution.ts';
import { Json } from './json.ts';
import { StepErrorClass } from './step-error.ts';

export const workflowTestLimits = { tests: 50, mocks: 200, mockedNodes: 1_000, calls: 500, pathNodes: 5_000 } as const;

const text = (most: number) => z.string().min(1).max(most);
const Headers = z.record(z.string().max(200), z.string().max(8_192));

/** What a mocked request answers. An object or list is sent as JSON, a string as it is. */
const MockAnswer = z.strictObject({
  status: z.int().min(100).max(599).default(200),
  headers: Headers.optional(),
  body: Json.optional(),
});

export const HttpMock = z
  .strictObject({
    method: text(20).optional().describe('Any method when absent'),
    url: text(4_096).optional().describe('The whole address; without a query it fits every query'),
    pattern: text(500).optional().describe('The address with * for any text'),
    respond: MockAnswer.optional(),
    fail: z.enum(['network', 'timeout']).optional().describe('The request fails instead'),
    times: z.int().min(1).max(10_000).optional().describe('Answers that often, then the next mock that fits; always when absent'),
  })
  .refine(({ url, pattern }) => (url === undefined) !== (pattern === undefined), 'has either url or pattern')
  .refine(({ respond, fail }) => (respond === undefined) !== (fail === undefined), 'has either respond or fail');
export type HttpMock = z.infer<typeof HttpMock>;

const MockFailure = z.strictObject({
  code: text(100).default('MOCKED'),
  message: z.string().max(2_000).default('Failed by the test'),
  class: StepErrorClass.default('other'),
  retryable: z.boolean().default(true),
});

/** Stands for a step: it is not run, this is its outcome. */
export const NodeMock = z
  .strictObject({
    when: z.record(z.string(), Json).optional().describe("Only where the step's params contain this"),
    output: Json.optional(),
    port: text(64).optional().describe('The port it leaves by; the default port when absent'),
    error: MockFailure.optional(),
    times: z.int().min(1).max(10_000).optional(),
  })
  .refine(({ output, error }) => output === undefined || error === undefined, 'has output or error, not both');
export type NodeMock = z.infer<typeof NodeMock>;

const ExpectedStep = z.strictObject({
  status: z.enum(['succeeded', 'failed', 'skipped', 'waiting', 'cancelled']).optional(),
  /** Contained in the output. */
  output: Json.optional(),
  /** Contained in the evaluated params. */
  input: Json.optional(),
  attempts: z.int().min(1).optional(),
  port: text(64).optional(),
  error: z.strictObject({ code: text(100).optional(), message: text(2_000).optional() }).optional(),
});

const ExpectedCall = z.strictObject({
  method: text(20).optional(),
  url: text(4_096).optional(),
  pattern: text(500).optional(),
  headers: Headers.optional(),
  body: Json.optional(),
});

export const Expectation = z.strictObject({
  status: ExecutionStatus.optional(),
  output: Json.optional().describe('The output, exactly'),
  outputContains: Json.optional().describe('Contained in the output'),
  path: z
    .array(text(64))
    .max(workflowTestLimits.pathNodes)
    .optional()
    .describe('Nodes that ran, in the order of their first start'),
  notReached: z.array(text(64)).max(workflowTestLimits.pathNodes).optional(),
  steps: z.record(z.string(), ExpectedStep).optional().describe('By node id, or scope:node as in each[0]:send'),
  error: z.strictObject({ code: text(100).optional(), message: text(2_000).optional(), nodeId: text(64).optional() }).optional(),
  httpCalls: z.array(ExpectedCall).max(workflowTestLimits.calls).optional().describe('Every request, in order'),
});
export type Expectation = z.infer<typeof Expectation>;

export const WorkflowTest = z.strictObject({
  name: text(200),
  input: Json.optional(),
  trigger: text(64).optional().describe('Id of the trigger it starts at; chosen as for any start when absent'),
  now: z.iso.datetime().optional().describe('When the run starts; 2026-01-01T00:00:00Z when absent'),
  vars: z.record(z.string(), Json).optional(),
  mocks: z
    .strictObject({
      http: z.array(HttpMock).max(workflowTestLimits.mocks).optional(),
      nodes: z
        .record(text(64), z.union([NodeMock, z.array(NodeMock).min(1).max(workflowTestLimits.mocks)]))
        .refine(
          (nodes) => Object.keys(nodes).length <= workflowTestLimits.mockedNodes,
          `has at most ${workflowTestLimits.mockedNodes}`,
        )
        .optional(),
    })
    .default({}),
  expect: Expectation.default({}),
});
export type WorkflowTest = z.infer<typeof WorkflowTest>;

export const WorkflowTests = z.array(WorkflowTest).min(1).max(workflowTestLimits.tests);

/** A test file. */
export const WorkflowTestFile = z.strictObject({
  workflow: text(500).describe('The file of the workflow, relative to this one, or its name or id on the server'),
  tests: WorkflowTests,
});
export type WorkflowTestFile = z.infer<typeof WorkflowTestFile>;

/** One thing that was not as expected. */
export const TestFailure = z.object({
  /** `output.total`, `steps.fetch.status`, `httpCalls[1].body` */
  path: z.string(),
  expected: z.unknown(),
  actual: z.unknown(),
  message: z.string(),
});
export type TestFailure = z.infer<typeof TestFailure>;

export const TestResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  failures: z.array(TestFailure),
  status: ExecutionStatus.nullable().describe('How the execution ended; null when it could not start'),
  output: z.unknown(),
  error: z.object({ code: z.string(), message: z.string(), nodeId: z.string().optional() }).nullable(),
  path: z.array(z.string()),
  httpCalls: z.array(z.object({ method: z.string(), url: z.string(), mocked: z.boolean() })),
  /** Of the workflow's time, which passes at once; and of the test's own. */
  virtualMs: z.int(),
  durationMs: z.int(),
});
export type TestResult = z.infer<typeof TestResult>;

const Covered = z.object({ total: z.int(), reached: z.int(), missed: z.array(z.string()) });

export const TestCoverage = z.object({
  nodes: Covered,
  /** `node.port` of every port with an edge. */
  ports: Covered,
});
export type TestCoverage = z.infer<typeof TestCoverage>;

export const TestReport = z
  .object({
    workflow: z.object({ id: z.string().nullable(), name: z.string(), version: z.int().nullable() }),
    passed: z.int(),
    failed: z.int(),
    results: z.array(TestResult),
    coverage: TestCoverage,
  })
  .meta({ id: 'WorkflowTestReport' });
export type TestReport = z.infer<typeof TestReport>;
