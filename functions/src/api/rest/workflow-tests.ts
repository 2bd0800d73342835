/** Tests of workflows: running them, and making one of an execution. */
import { TestReport, WorkflowTests } from '@automateos/shared/model/workflow-test';
import { z } from 'zod';
import { runWorkflowTests } from '../../app/workflow-tests/run-workflow-tests.ts';
import { testOfExecution } from '../../app/workflow-tests/test-of-execution.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { definitionBody } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflow tests';

export const RunTests = z.strictObject({
  definition: definitionBody.optional(),
  workflowId: z.string().min(1).max(64).optional(),
  version: z.int().min(1).optional(),
  tests: WorkflowTests,
});

export function workflowTestRoutes({ app, testRuns }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/workflow-tests/run', tag, access: 'executions.start', summary: 'Run tests of a workflow' },
      description: [
        'Each test runs the real engine in a world of its own: nothing is stored, no request leaves, no credential is opened, waits pass at',
        'once. What is not mocked and would reach out fails its step as MOCK_MISSING. Send a definition, or a workflowId and perhaps a version.',
      ].join(' '),
      body: RunTests,
      answers: { 200: { description: 'Every test with its result, and what they reach together', schema: TestReport } },
      problems: ['INVALID_DEFINITION', 'RATE_LIMITED'],
      handle: async ({ principal, body }) => ({ status: 200, body: await runWorkflowTests(app, testRuns, principal, body) }),
    }),
    route({
      ...{ method: 'get', path: '/v1/executions/{id}/test', tag, access: 'executions.read', summary: 'An execution as a test' },
      description:
        'A test file in YAML: its input, its recorded outcomes as mocks, its path and result as expectations; secrets are masked.',
      params: idParams,
      answers: { 200: { description: 'The test file', media: 'application/yaml' } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params }) => {
        const file = await testOfExecution(app, principal, params.id);
        const { renderPlainYaml } = await import('@automateos/shared/graph/render-plain-yaml');
        const disposition = `attachment; filename="${params.id.replace(/[^A-Za-z0-9_-]/g, '')}.test.yaml"`;
        return {
          status: 200,
          headers: { 'content-type': 'application/yaml', 'content-disposition': disposition },
          text: renderPlainYaml(file),
        };
      },
    }),
  ];
}
