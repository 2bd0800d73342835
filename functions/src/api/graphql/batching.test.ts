import type { JsonObject } from '@automateos/shared/model/json';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { createGraphqlFixture, type GraphqlFixture } from '../../testing/graphql-fixture.ts';

type Calls = { get: number; getAll: number; query: number; waves: number };

/** Counts what is asked of a store, and in how many waves: calls that do not wait for each other are one. */
function counted(store: DocumentStore): { readonly store: DocumentStore; readonly calls: Calls; reset(): void } {
  const calls: Calls = { get: 0, getAll: 0, query: 0, waves: 0 };
  let open = 0;
  const count = async <T>(kind: 'get' | 'getAll' | 'query', read: () => Promise<T>): Promise<T> => {
    calls[kind] += 1;
    if (open === 0) calls.waves += 1;
    open += 1;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      return await read();
    } finally {
      open -= 1;
    }
  };
  return {
    calls,
    store: {
      ...store,
      get: (path) => count('get', () => store.get(path)),
      getAll: (paths) => count('getAll', () => store.getAll(paths)),
      query: (query) => count('query', () => store.query(query)),
    },
    reset: () => void Object.assign(calls, { get: 0, getAll: 0, query: 0, waves: 0 }),
  };
}

async function withExecutions(
  count: number,
): Promise<{ readonly api: GraphqlFixture; readonly read: ReturnType<typeof counted> }> {
  const api = await createGraphqlFixture();
  const read = counted(api.app.store);
  Object.assign(api.app, { store: read.store });
  const ids: string[] = [];
  for (const name of ['a', 'b']) {
    const definition = {
      name,
      nodes: [
        { id: 'start', type: 'trigger.manual' },
        { id: 'say', type: 'data.set', params: { values: { n: '{{ input.n }}' } } },
      ],
      edges: [{ from: 'start', to: 'say' }],
    };
    const created = await api.call('POST', '/v1/workflows?activate=true', definition);
    ids.push(String(created.body.id));
  }
  for (let n = 0; n < count; n += 1) {
    await api.call('POST', `/v1/workflows/${ids[n % 2]}/executions`, { input: { n } });
    await settled();
  }
  for (let turn = 0; turn < 20; turn += 1) await settled();
  return { api, read };
}

/** What it takes to know the caller. */
async function askWhoItIs(api: GraphqlFixture, read: ReturnType<typeof counted>): Promise<Calls> {
  read.reset();
  await api.ask('{ viewer { role } }');
  return { ...read.calls };
}

const page = `{ executions(first: 50) { nodes {
  id status progress { done total } cost { microUsd } output
  workflow { name activeVersion { number nodeCount workflow { id } } }
  steps { nodes { nodeId status input output } }
} } }`;

describe('what fields point at is read together', () => {
  test('a page of fifty executions with steps, values, workflows and versions', async () => {
    const { api, read } = await withExecutions(50);
    const known = await askWhoItIs(api, read);
    read.reset();
    const before = api.store.stats().reads;
    const { data, errors } = await api.ask(page);
    expect(errors).toEqual([]);
    const nodes = (data.executions as JsonObject).nodes as readonly JsonObject[];
    expect(nodes).toHaveLength(50);
    expect(nodes.map(({ status }) => status)).toEqual(nodes.map(() => 'SUCCEEDED'));
    expect(nodes[0]).toMatchObject({
      workflow: { activeVersion: { number: 1 } },
      steps: { nodes: [{}, { nodeId: 'say', status: 'SUCCEEDED' }] },
    });
    const { get, getAll, query, waves } = read.calls;
    // the list, and one journal each; workflows, versions
    expect([get - known.get, query - known.query, getAll - known.getAll]).toEqual([0, 51, 2]);
    // nothing waits for its neighbour: no more rounds than the query has levels
    expect(waves - known.waves).toBeLessThanOrEqual(4);
    expect(api.store.stats().reads - before).toBeLessThanOrEqual(120);
    // what has ended is not put together again
    read.reset();
    expect((await api.ask(page)).data).toEqual(data);
    expect(read.calls.query - known.query).toBe(1);
  });

  test('the same thing asked for in many places is read once', async () => {
    const { api, read } = await withExecutions(2);
    const listed = await api.ask('{ executions { nodes { id } } }');
    const [first, second] = ((listed.data.executions as JsonObject).nodes as readonly JsonObject[]).map(({ id }) => String(id));
    const known = await askWhoItIs(api, read);
    read.reset();
    const ids = [first, second, first, second, 'exe_none'].map((id) => `"${id}"`).join(', ');
    const { data } = await api.ask(
      `{ nodes(ids: [${ids}]) { id ... on Execution { workflow { name } forkedFrom { nodeId } } } }`,
    );
    expect(data.nodes).toMatchObject([{ id: first }, { id: second }, { id: first }, { id: second }, null]);
    expect([read.calls.getAll - known.getAll, read.calls.query - known.query, read.calls.get - known.get]).toEqual([2, 0, 0]);
  });
});
