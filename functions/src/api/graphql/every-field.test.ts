/**
 * Every field of the schema is asked for, on data that is there: none fails, and what is promised not to be null is not. Every mutation is sent
 * with ids that are nothing: each answers a typed refusal and none an error of ours.
 */
import type { JsonObject } from '@automateos/shared/model/json';
import { type GraphQLOutputType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { createGraphqlFixture, type GraphqlFixture } from '../../testing/graphql-fixture.ts';
import { callOf, selectEvery } from '../../testing/select-every.ts';
import { createGraphqlSchema } from './graphql-schema.ts';

const schema: GraphQLSchema = createGraphqlSchema();
let api: GraphqlFixture;
/** By name of the argument. */
const known: Record<string, string> = {};

beforeAll(async () => {
  api = await createGraphqlFixture();
  const definition = {
    name: 'all',
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'hook', type: 'trigger.webhook' },
      { id: 'plan', type: 'trigger.schedule', params: { cron: '0 6 * * *' } },
      { id: 'ask', type: 'flow.approval', params: { title: 'May it?' } },
      { id: 'say', type: 'data.set', params: { values: { n: 1 } } },
    ],
    edges: ['start', 'hook', 'plan'].map((from) => ({ from, to: 'ask' })).concat({ from: 'ask', to: 'say' }),
  };
  const workflow = await api.call('POST', '/v1/workflows?activate=true', definition);
  known.workflow = String(workflow.body.id);
  await api.call('PUT', `/v1/workflows/${known.workflow}/draft`, { name: 'all', nodes: [] });
  const started = await api.call('POST', `/v1/workflows/${known.workflow}/executions`, { input: { a: 1 } });
  known.execution = String(started.body.id);
  await settled();
  await api.call('POST', '/v1/variables', { name: 'v', value: [1] });
  const credential = { name: 'c', kind: 'http-bearer', data: { token: 'secret-canary' } };
  known.credential = String((await api.call('POST', '/v1/credentials', credential)).body.id);
  await api.call('POST', '/v1/api-keys', { name: 'k' });
  await api.call('POST', '/v1/invitations', { email: 'a@example.test', role: 'viewer' });
  await api.call('PUT', '/v1/budget', { monthlyMicroUsd: 1, onExceeded: 'warn' });
  const endpoint = { url: 'https://hooks.example.test/', events: ['execution.failed'] };
  known.webhookEndpoint = String((await api.call('POST', '/v1/webhook-endpoints', endpoint)).body.id);
  const approvals = await api.ask('{ approvals { nodes { id } } }');
  known.approval = String(((approvals.data.approvals as JsonObject).nodes as readonly JsonObject[])[0]?.id);
});

const fieldsOf = (type: 'Query' | 'Mutation') =>
  Object.values((type === 'Query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {});

describe('every field of every query', () => {
  test.each(fieldsOf('Query').map((field) => [field.name, field] as const))('%s', async (name, field) => {
    const id = known[name] ?? known.workflow;
    const selected = selectEvery(schema, field.type, ['Query']);
    const { data, errors, text } = await api.ask(`{ ${name}${callOf(field, id)}${selected} }`.replace('"nothing_0"', `"${id}"`));
    expect([errors, text.includes('secret-canary')]).toEqual([[], false]);
    if (known[name] !== undefined) expect(data[name]).not.toBeNull();
  });
});

describe('every mutation', () => {
  /** An owner's key: no session of the owner is ended by asking for that. */
  let headers: { readonly authorization: string };

  beforeAll(async () => {
    const made = await api.call('POST', '/v1/api-keys', { name: 'owner' });
    headers = { authorization: `Bearer ${made.body.key}` };
  });

  /** They make something of what is sent here, and need no id. */
  const makes = [
    'createVariable',
    'sendEvent',
    'setBudget',
    'deleteBudget',
    'createApiKey',
    'renameOrganization',
    'deleteVariable',
    'pruneStorage',
    'rotateKeys',
  ];

  test.each(fieldsOf('Mutation').map((field) => [field.name, field] as const))('%s', async (name, field) => {
    const { data, errors } = await api.ask(`mutation { ${name}${callOf(field)} ${refusalSelection(field.type)} }`, {}, headers);
    expect(errors).toEqual([]);
    const answer = data[name];
    const results = (
      Array.isArray(answer) ? answer.map((item) => (item as JsonObject).result) : [answer]
    ) as readonly JsonObject[];
    for (const result of results) {
      if (!makes.includes(name)) expect([name, String(result.__typename)]).toEqual([name, expect.stringMatching(/Error$/)]);
      if (result.code !== undefined) expect(result.code).toMatch(/^[A-Z_]+$/);
    }
  });

  function refusalSelection(type: GraphQLOutputType): string {
    const named = getNamedType(type);
    const of = '{ __typename ... on UserError { code message path } }';
    return isObjectType(named) ? `{ id result ${of} }` : of;
  }

  test('whoever may only look changes nothing', async () => {
    const made = await api.call('POST', '/v1/api-keys', { name: 'viewer', role: 'viewer' });
    const headers = { authorization: `Bearer ${made.body.key}` };
    // that a key was used is noted by the hour
    const stored = () => JSON.stringify(api.store.documents().filter(({ path }) => !path.includes('api-key')));
    const before = stored();
    for (const field of fieldsOf('Mutation')) {
      const { data, errors } = await api.ask(
        `mutation { ${field.name}${callOf(field)} ${refusalSelection(field.type)} }`,
        {},
        headers,
      );
      const answer = data[field.name];
      const result = (Array.isArray(answer) ? (answer[0] as JsonObject | undefined)?.result : answer) as JsonObject | undefined;
      const code = result?.code ?? (errors[0]?.extensions as JsonObject | undefined)?.code;
      // what can be told wrong by itself is told before who asks is looked at
      expect([field.name, code]).toEqual([
        field.name,
        expect.stringMatching(/^(FORBIDDEN|NOT_FOUND|INVALID_PARAMS|MALFORMED_REQUEST)$/),
      ]);
    }
    expect(stored()).toBe(before);
  });
});
