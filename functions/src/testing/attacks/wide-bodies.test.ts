/**
 * Lists of a hundred thousand items and more, within the mebibyte that a body may have: none overflows a stack, and none is described item
 * by item.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type ApiFixture, createApiFixture } from '../api-fixture.ts';

let api: ApiFixture;

beforeAll(async () => {
  api = await createApiFixture();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const numbers = new Array<number>(180_000).fill(5);
const objects = numbers.map(() => ({}));
const trigger = { id: 'start', type: 'trigger.manual' };

test('in schemas of definitions are problems of the definition', async () => {
  const approval = { id: 'ask', type: 'flow.approval', params: { title: 'May it?', form: { anyOf: numbers } } };
  const definitions: readonly (readonly [string, JsonValue])[] = [
    ['inputs', { name: 'wide', inputs: { anyOf: numbers }, nodes: [trigger] }],
    ['inputs', { name: 'wide', inputs: { allOf: objects }, nodes: [trigger] }],
    ['nodes[1].params.form', { name: 'wide', nodes: [trigger, approval], edges: [{ from: 'start', to: 'ask' }] }],
  ];
  for (const [path, definition] of definitions) {
    const { status, body } = await api.call('POST', '/v1/workflows/validate', definition);
    expect(status).toBe(200);
    expect(body.problems).toEqual([expect.objectContaining({ path, code: 'INVALID_JSON_SCHEMA' })]);
    expect((await api.call('POST', '/v1/workflows', definition)).status).toBe(422);
  }
});

test('in files of other systems are imported or refused', async () => {
  const files: readonly JsonValue[] = [
    { name: 'wide', nodes: [{ name: 'go', type: 'n8n-nodes-base.manualTrigger', parameters: { x: objects } }], connections: {} },
    { name: 'wide', nodes: [{ name: 'go', type: 'n8n-nodes-base.manualTrigger' }], connections: {}, pinData: { go: objects } },
    { StartAt: 'a', States: { a: { Type: 'Pass', Result: objects, End: true } } },
    { main: { steps: [{ l: { for: { value: 'v', in: [1], steps: [{ b: { assign: [{ x: numbers }] } }] } } }] } },
  ];
  for (const file of files) {
    const { status } = await api.call('POST', '/v1/workflows/import?dryRun=true', file);
    expect([200, 400, 422]).toContain(status);
  }
});

test('in variables of GraphQL are refused at the first that do not fit', async () => {
  const query = 'mutation ($ids: [ID!]!) { cancelExecutions(ids: $ids) { __typename } }';
  await api.call('POST', '/graphql', { query, variables: { ids: [] } }); // loads it
  const described = vi.spyOn(Error, 'captureStackTrace');
  const answer = await api.call('POST', '/graphql', { query, variables: { ids: numbers.map(() => null) } });
  expect([answer.status, answer.text.slice(0, 60)]).toEqual([400, expect.stringContaining('Variable \\"$ids\\"')]);
  expect(described.mock.calls.length).toBeLessThan(1_000);
});
