/** Names that would pass for other names, by REST and GraphQL: turned direction, invisible control, halves of characters, other compositions. */
import { beforeAll, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../api-fixture.ts';

let api: ApiFixture;

beforeAll(async () => {
  api = await createApiFixture();
});

const tricks = ['a\u202egpj', 'a\u2066b', '\u200fa', 'a\u0000b', 'a\r\nb', 'a\u0085b', '\ud800', 'b\udfff', '   '];

const bodies: Readonly<Record<string, (name: string) => object>> = {
  '/v1/organizations': (name) => ({ name }),
  '/v1/api-keys': (name) => ({ name }),
  '/v1/credentials': (name) => ({ name, kind: 'http-bearer', data: { token: 'tok-123456' } }),
};

test('are refused wherever people read them', async () => {
  for (const [path, body] of Object.entries(bodies)) {
    for (const name of tricks) {
      const { status, body: answer } = await api.call('POST', path, body(name));
      expect([path, name, status, answer.code]).toEqual([path, name, 422, 'INVALID_PARAMS']);
    }
  }
  for (const name of tricks.filter((one) => one.isWellFormed())) {
    for (const mutation of [
      'renameOrganization(name: $name)',
      'createApiKey(input: { name: $name })',
      'createCredential(input: { name: $name, kind: "http-bearer", data: [{ name: "token", value: "tok-123456" }] })',
    ]) {
      const query = `mutation ($name: String!) { ${mutation} { __typename ... on UserError { code } } }`;
      const answer = await api.call('POST', '/graphql', { query, variables: { name } });
      expect([mutation, name, answer.text]).toEqual([mutation, name, expect.stringContaining('INVALID_PARAMS')]);
    }
  }
});

test('of other compositions are the same name, and of another alphabet another', async () => {
  const workflow = (name: string) =>
    api.call('POST', '/v1/workflows', { name, nodes: [{ id: 'start', type: 'trigger.manual' }] });
  const credential = (name: string) => api.call('POST', '/v1/credentials', bodies['/v1/credentials']?.(name));
  for (const make of [workflow, credential]) {
    expect((await make('caf\u00e9')).status).toBe(201);
    for (const name of ['cafe\u0301', ' caf\u00e9', 'cafe\u0301\u00a0', '\ufeffcaf\u00e9'])
      expect([name, (await make(name)).status]).toEqual([name, 409]);
    expect((await make('\u0441af\u00e9')).status).toBe(201);
  }
});
