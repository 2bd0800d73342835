import type { JsonObject } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { createGraphqlFixture, type GraphqlFixture } from '../../testing/graphql-fixture.ts';

let api: GraphqlFixture;

beforeEach(async () => {
  api = await createGraphqlFixture();
});

const greeting = {
  name: 'greeting',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'say', type: 'data.set', params: { values: { text: 'hello {{ input.name }}' } } },
  ],
  edges: [{ from: 'start', to: 'say' }],
};

const create = `mutation Create($definition: JSON!) {
  createWorkflow(input: { definition: $definition, activate: true }) { __typename ... on Workflow { id name active } ... on UserError { code message } }
}`;

async function createWorkflow(definition: JsonObject = greeting): Promise<string> {
  const { data } = await api.ask(create, { definition });
  return String((data.createWorkflow as JsonObject).id);
}

describe('GraphQL', () => {
  test('says who asks', async () => {
    expect((await api.ask('{ viewer { role via } }')).data).toEqual({ viewer: { role: 'OWNER', via: 'SESSION' } });
  });

  test('what is made by a mutation is read by a query, with its versions, executions and steps', async () => {
    const id = await createWorkflow();
    const started = await api.ask(
      `mutation ($id: ID!) { startExecution(workflowId: $id, input: { input: { name: "Ada" } }) { ... on Execution { id status } ... on UserError { code message } } }`,
      { id },
    );
    await settled();
    const { data } = await api.ask(
      `query ($id: ID!) { workflow(id: $id) { name activeVersion { number definition } executions { nodes { status workflow { name } output steps { nodes { nodeId status } } } } } }`,
      { id },
    );
    expect(started.errors).toEqual([]);
    expect(data).toMatchObject({
      workflow: {
        name: 'greeting',
        activeVersion: { number: 1, definition: { name: 'greeting' } },
        executions: {
          nodes: [
            {
              status: 'SUCCEEDED',
              workflow: { name: 'greeting' },
              output: { text: 'hello Ada' },
              steps: {
                nodes: [
                  { nodeId: 'start', status: 'SUCCEEDED' },
                  { nodeId: 'say', status: 'SUCCEEDED' },
                ],
              },
            },
          ],
        },
      },
    });
  });
});
