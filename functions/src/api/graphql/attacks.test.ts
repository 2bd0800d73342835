import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraphqlFixture, type GraphqlFixture, partsOf } from '../../testing/graphql-fixture.ts';
import { closedGraphql, openGraphql } from './graphql-settings.ts';

let api: GraphqlFixture;

beforeAll(async () => {
  api = await createGraphqlFixture();
});

const codesOf = (errors: readonly JsonObject[]): readonly JsonValue[] =>
  errors.map(({ extensions }) => (extensions as JsonObject).code ?? null);

async function expectRefused(query: string, code: string, variables: JsonObject = {}): Promise<void> {
  const answer = await api.ask(query, variables);
  expect([codesOf(answer.errors)[0], answer.data]).toEqual([code, {}]);
  expect(answer.status).toBeLessThan(500);
}

describe('a document that is too much is refused before anything runs', () => {
  test('too deep', () => {
    const deep = `${'workflow{executions{nodes{'.repeat(6)}id${'}'.repeat(18)}`;
    return expectRefused(`{ execution(id:"exe_1") { ${deep} } }`, 'QUERY_TOO_LARGE');
  });

  test('too many aliases', () => {
    const aliases = Array.from({ length: 200 }, (_, n) => `a${n}: id`).join(' ');
    return expectRefused(`{ workflow(id:"wf_1") { ${aliases} } }`, 'QUERY_TOO_LARGE');
  });

  test('too many fields at the root, by fragments too', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `a${n}: viewer { role }`).join(' ');
    await expectRefused(`{ ${many} }`, 'QUERY_TOO_LARGE');
    await expectRefused(`{ ...Many } fragment Many on Query { ${many} }`, 'QUERY_TOO_LARGE');
  });

  test('directives by the hundred', () =>
    expectRefused(`{ viewer { role ${'@include(if: true) '.repeat(300)} } }`, 'QUERY_TOO_LARGE'));

  test('fragments in a circle', async () => {
    const answer = await api.ask('{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }');
    expect(codesOf(answer.errors)[0]).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('fragments that unfold into millions of fields', async () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `fragment F${n} on Workflow { ${`...F${n + 1} `.repeat(10)} }`).join('\n');
    await expectRefused(`{ workflow(id:"x") { ...F0 } } ${bomb} fragment F30 on Workflow { id }`, 'QUERY_TOO_LARGE');
  });

  test('a page of pages of pages, by its price, with the sizes in variables', () =>
    expectRefused(
      'query ($n: Int!) { workflows(first: $n) { nodes { executions(first: $n) { nodes { steps(first: $n) { nodes { nodeId } } } } } } }',
      'QUERY_TOO_COSTLY',
      { n: 200 },
    ));

  test('a negative page is no discount', async () => {
    const answer = await api.ask('{ workflows(first: -100000) { nodes { id } } }');
    expect(codesOf(answer.errors)).toEqual(['MALFORMED_REQUEST']);
  });

  test('a megabyte of query, and tokens by the ten thousand', async () => {
    await expectRefused(`{ viewer { role } } #${'x'.repeat(900_000)}`, 'QUERY_TOO_LARGE');
    const tokens = await api.ask(`{ viewer { ${'role '.repeat(10_000)} } }`);
    expect(tokens.status).toBe(200);
    expect(tokens.errors).toHaveLength(1);
    const whole = await api.call('POST', '/graphql', { query: `#${'x'.repeat(1_100_000)}` });
    expect([whole.status, codesOf(partsOf(whole.body).errors)]).toEqual([413, ['BODY_TOO_LARGE']]);
  });

  test('several operations in one request', async () => {
    const answer = await api.call('POST', '/graphql', [{ query: '{ viewer { role } }' }, { query: '{ viewer { role } }' }]);
    expect([answer.status, codesOf(partsOf(answer.body).errors)]).toEqual([400, ['MALFORMED_REQUEST']]);
  });
});

describe('requests that another page could make', () => {
  const query = 'mutation { deactivateWorkflow(id: "wf_1") { __typename } }';

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/graphql'])(
    'a body as %s is refused unread',
    async (type) => {
      const body = type.includes('urlencoded') ? `query=${encodeURIComponent(query)}` : JSON.stringify({ query });
      expect((await api.call('POST', '/graphql', body, { 'content-type': type })).status).toBe(415);
    },
  );

  test('a mutation by GET is refused', async () => {
    const answer = await api.call('GET', `/graphql?query=${encodeURIComponent(query)}`);
    expect(answer.status).toBe(405);
    expect(partsOf(answer.body).data).toEqual({});
  });

  test('nobody who is not known gets as far as the body', async () => {
    const answer = await api.call('POST', '/graphql', '{ this is no JSON', { authorization: null });
    expect([answer.status, codesOf(partsOf(answer.body).errors)]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect((await api.call('PUT', '/graphql', {})).status).toBe(405);
  });
});

describe('what is let in', () => {
  test.each([
    'mutation { createVariable(name: "a", value: { __proto__: { admin: true } }) { __typename } }',
    'mutation { createVariable(name: "a", value: [{ b: { __proto__: 1 } }]) { __typename } }',
  ])('keys that some reader would take for something else are refused: %s', (query) => expectRefused(query, 'INVALID_PARAMS'));

  test('in variables too, and nested without end', async () => {
    const raw = `{"query":"mutation ($v: JSON!) { createVariable(name: \\"a\\", value: $v) { __typename } }","variables":{"v":{"__proto__":{"x":1}}}}`;
    expect((await api.call('POST', '/graphql', raw)).status).toBe(400);
    const deep = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
    expect((await api.call('POST', '/graphql', raw.replace('{"__proto__":{"x":1}}', deep))).status).toBe(400);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const answer = await api.ask(`mutation { createVariable(name: "a", value: ${deep}) { __typename } }`);
    expect(answer.status).toBeLessThan(500);
    expect(answer.errors).not.toEqual([]);
  });

  test('names of prototypes are names', async () => {
    const query = 'mutation ($v: JSON!) { createVariable(name: "proto", value: $v) { ... on Variable { value } } }';
    const value = { constructor: { prototype: { polluted: true } }, toString: 1 };
    expect((await api.ask(query, { v: value })).data).toEqual({ createVariable: { value } });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(['constructor', '__proto__', 'exe_../../x', 'wf_%2e', `wf_${'x'.repeat(5_000)}`, '', 'wf', 'toString_1'])(
    'an id that can be none is nothing: %s',
    async (id) => {
      expect((await api.ask('query ($id: ID!) { node(id: $id) { id } workflow(id: $id) { id } }', { id })).data).toEqual({
        node: null,
        workflow: null,
      });
    },
  );
});

describe('what is told', () => {
  test('an unknown failure is masked, and told to the log with the id that the client has', async () => {
    const broken = await createGraphqlFixture();
    const secret = 'postgres://user:hunter2@db';
    Object.assign(broken.app, { store: { ...broken.app.store, query: () => Promise.reject(new TypeError(secret)) } });
    const answer = await broken.ask('{ workflows { nodes { id } } }');
    expect(answer.text).not.toContain('hunter2');
    expect(codesOf(answer.errors)).toEqual(['INTERNAL']);
    const logged = broken.events.filter(({ event }) => event === 'request-failed');
    expect(logged).toHaveLength(1);
    expect(logged[0]?.fields).toMatchObject({ requestId: answer.headers.get('x-request-id') });
    expect(answer.errors[0]).toMatchObject({ extensions: { requestId: answer.headers.get('x-request-id') } });
  });

  test('closed, it has neither schema, page nor suggestions', async () => {
    const closed = await createGraphqlFixture({}, { graphql: closedGraphql });
    const introspected = await closed.ask('{ __schema { types { name } } }');
    expect([introspected.status, introspected.data, codesOf(introspected.errors)[0]]).toEqual([
      200,
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ]);
    const typo = await closed.ask('{ viewr { role } }');
    expect(typo.text).not.toContain('Did you mean');
    expect((await api.ask('{ viewr { role } }')).text).toContain('Did you mean');
    const page = await closed.call('GET', '/graphql', undefined, { accept: 'text/html', authorization: null });
    expect([page.status, page.text.includes('off on this server'), page.text.includes('<script')]).toEqual([404, true, false]);
    const asked = await closed.call('GET', '/graphql?query={viewer{role}}', undefined, {
      accept: 'text/html',
      authorization: null,
    });
    expect(asked.status).toBe(401);
  });

  test('open, the page comes without a token and loads nothing from elsewhere', async () => {
    const page = await api.call('GET', '/graphql', undefined, { accept: 'text/html', authorization: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.text).not.toMatch(/<script>|<style>| on\w+=/);
  });
});

describe('operations that are known by hash', () => {
  const query = '{ viewer { role } }';
  const hash = createHash('sha256').update(query).digest('hex');
  const operations = new Map([[hash, query]]);

  test('are executed by hash alone, and where only they are allowed, nothing else is', async () => {
    const some = await createGraphqlFixture({}, { graphql: { ...openGraphql, operations } });
    const only = await createGraphqlFixture({}, { graphql: { ...openGraphql, operations, onlyOperations: true } });
    const persisted = { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
    for (const fixture of [some, only]) {
      for (const body of [persisted, { documentId: hash }]) {
        expect((await fixture.call('POST', '/graphql', body)).body).toEqual({ data: { viewer: { role: 'OWNER' } } });
      }
      const unknown = await fixture.call('POST', '/graphql', { documentId: 'nothing' });
      expect(codesOf(partsOf(unknown.body).errors)).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    }
    expect((await some.ask(query)).data).toEqual({ viewer: { role: 'OWNER' } });
    expect(codesOf((await only.ask(query)).errors)).toEqual(['PERSISTED_QUERY_ONLY']);
    expect(codesOf((await only.ask('{ __schema { types { name } } }')).errors)).toEqual(['PERSISTED_QUERY_ONLY']);
  });
});
