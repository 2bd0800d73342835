import { isJsonObject } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';

let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

const definition = (name = 'orders') => ({
  name,
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'set', type: 'data.set', params: { values: { n: '{{ input.n }}' } } },
  ],
  edges: [{ from: 'start', to: 'set' }],
});

async function create(name = 'orders', path = '/v1/workflows'): Promise<string> {
  const answer = await api.call('POST', path, definition(name));
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.id);
}

describe('saving', () => {
  test('a created workflow is version 1, inactive, and can be read back', async () => {
    const id = await create();
    expect(id).toMatch(/^wf_/);
    const read = await api.call('GET', `/v1/workflows/${id}`);
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe('"1"');
    expect(read.body).toMatchObject({ id, name: 'orders', version: 1, active: false, nodeCount: 2 });
    expect(read.body.definition).toMatchObject({ nodes: [{ id: 'start' }, { id: 'set' }] });
  });

  test('a name is taken once, and free again after rename and delete', async () => {
    const id = await create();
    const second = await api.call('POST', '/v1/workflows', definition());
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'NAME_TAKEN' });
    expect(second.body.detail).toContain(id);
    expect((await api.call('PUT', `/v1/workflows/${id}`, definition('renamed'))).status).toBe(200);
    const other = await create();
    expect((await api.call('DELETE', `/v1/workflows/${other}`)).status).toBe(204);
    expect((await api.call('GET', `/v1/workflows/${other}`)).status).toBe(404);
    await create();
  });

  test('PUT makes a version and leaves the earlier one as it was', async () => {
    const id = await create();
    const put = await api.call('PUT', `/v1/workflows/${id}`, { ...definition(), description: 'second' }, { 'if-match': '"1"' });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ version: 2, description: 'second' });
    const first = await api.call('GET', `/v1/workflows/${id}?version=1`);
    expect(first.body).toMatchObject({ version: 1, description: '' });
  });

  test('If-Match with an old ETag changes nothing', async () => {
    const id = await create();
    await api.call('PUT', `/v1/workflows/${id}`, definition());
    const stale = await api.call('PUT', `/v1/workflows/${id}`, definition('stolen'), { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({ code: 'VERSION_MISMATCH', current: 2 });
    expect((await api.call('GET', `/v1/workflows/${id}`)).body).toMatchObject({ name: 'orders', version: 2 });
    expect((await api.call('PUT', `/v1/workflows/${id}`, definition(), { 'if-match': 'nonsense' })).status).toBe(400);
  });

  test('a weak ETag matches nothing', async () => {
    const id = await create();
    const weak = { 'if-match': 'W/"1"' };
    expect((await api.call('PUT', `/v1/workflows/${id}`, definition(), weak)).status).toBe(412);
    expect((await api.call('DELETE', `/v1/workflows/${id}`, undefined, weak)).status).toBe(412);
  });

  test('saves at the same time without a condition all become versions', async () => {
    const id = await create();
    const saves = await Promise.all(Array.from({ length: 20 }, () => api.call('PUT', `/v1/workflows/${id}`, definition())));
    expect(saves.map(({ status }) => status)).toEqual(saves.map(() => 200));
    expect(new Set(saves.map(({ body }) => body.version)).size).toBe(20);
    expect((await api.call('GET', `/v1/workflows/${id}`)).body.version).toBe(21);
  });

  test('activations and deactivations at the same time are all carried out', async () => {
    const id = await create();
    const verbs = Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? 'activate' : 'deactivate'));
    const changes = await Promise.all(verbs.map((verb) => api.call('POST', `/v1/workflows/${id}/${verb}`)));
    expect(changes.map(({ status }) => status)).toEqual(verbs.map(() => 200));
  });

  test('drafts saved at the same time without a condition are all taken', async () => {
    const id = await create();
    const saves = await Promise.all(Array.from({ length: 10 }, () => api.call('PUT', `/v1/workflows/${id}/draft`, definition())));
    expect(saves.map(({ body }) => body.rev).toSorted((a, b) => Number(a) - Number(b))).toEqual(saves.map((_, n) => n + 1));
  });

  test('an invalid definition tells every problem with its path and stores nothing', async () => {
    const before = api.store.documents().length;
    const answer = await api.call('POST', '/v1/workflows', {
      name: 'x',
      nodes: [
        { id: 'a', type: 'http.requst' },
        { id: 'a', type: 'data.set', parms: {} },
      ],
      edges: [{ from: 'a', to: 'nowhere' }],
    });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'INVALID_DEFINITION' });
    const problems = Array.isArray(answer.body.problems) ? answer.body.problems : [];
    expect(problems.length).toBeGreaterThan(2);
    for (const problem of problems) expect(isJsonObject(problem) && typeof problem.path === 'string').toBe(true);
    expect(api.store.documents().length).toBe(before);
  });
});

describe('the other face', () => {
  const yaml = '# our orders\nname: orders\nnodes:\n  - { id: start, type: trigger.manual } # by hand\n';

  test('YAML in keeps its comments out', async () => {
    const created = await api.call('POST', '/v1/workflows', yaml, { 'content-type': 'application/yaml' });
    expect(created.status, created.text).toBe(201);
    const read = await api.call('GET', `/v1/workflows/${created.body.id}`, undefined, { accept: 'application/yaml' });
    expect(read.headers.get('content-type')).toBe('application/yaml');
    expect(read.text).toBe(yaml);
    const exported = await api.call('GET', `/v1/workflows/${created.body.id}/export?format=yaml`);
    expect(exported.text).toBe(yaml);
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="orders.yaml"');
  });

  test('an exported file comes back by import', async () => {
    const id = await create();
    const file = await api.call('GET', `/v1/workflows/${id}/export?format=json`);
    expect((await api.call('POST', '/v1/workflows/import', file.text)).status).toBe(409);
    const renamed = await api.call('POST', '/v1/workflows/import?onConflict=rename', file.text);
    expect(renamed.status).toBe(201);
    expect(renamed.body).toMatchObject({ name: 'orders 2' });
    const updated = await api.call('POST', '/v1/workflows/import?onConflict=update', file.text);
    expect(updated.body).toMatchObject({ id, version: 2 });
  });
});

describe('versions and drafts', () => {
  test('restore saves the old content as the newest version', async () => {
    const id = await create();
    await api.call('PUT', `/v1/workflows/${id}`, definition('later'));
    const restored = await api.call('POST', `/v1/workflows/${id}/versions/1/restore`);
    expect(restored.status, restored.text).toBe(200);
    expect(restored.body).toMatchObject({ version: 3, name: 'orders' });
    const versions = await api.call('GET', `/v1/workflows/${id}/versions`);
    expect(versions.body.items).toMatchObject([{ version: 3 }, { version: 2, name: 'later' }, { version: 1 }]);
  });

  test('a draft may be incomplete and says what is missing', async () => {
    const id = await create();
    const first = await api.call('GET', `/v1/workflows/${id}/draft`);
    expect(first.body).toMatchObject({ rev: 0, problems: [], definition: { name: 'orders' } });
    const saved = await api.call('PUT', `/v1/workflows/${id}/draft`, { name: '', nodes: [{ id: 'a', type: 'nope' }] });
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ rev: 1 });
    expect(saved.body.problems).not.toEqual([]);
    const stale = await api.call('PUT', `/v1/workflows/${id}/draft`, { name: 'x' }, { 'if-match': '"0"' });
    expect(stale.status).toBe(412);
    expect((await api.call('GET', `/v1/workflows/${id}`)).body).toMatchObject({ version: 1, name: 'orders' });
  });

  test('activation makes schedules live with the workflow, deactivation and deletion take them down', async () => {
    const scheduled = {
      name: 'nightly',
      nodes: [
        { id: 'tick', type: 'trigger.schedule', params: { cron: '0 3 * * *', timeZone: 'Europe/Berlin', jitterMs: '10s' } },
      ],
    };
    const created = await api.call('POST', '/v1/workflows', scheduled);
    const schedules = () => api.store.documents().filter(({ path }) => path.includes('/schedules/'));
    expect(schedules()).toEqual([]);
    const planned = await api.call('GET', `/v1/workflows/${created.body.id}/schedules?runs=2`);
    expect(planned.body.items).toMatchObject([
      { nodeId: 'tick', active: false, nextRuns: ['2026-03-02T02:00:00.000Z', '2026-03-03T02:00:00.000Z'] },
    ]);
    const active = await api.call('POST', `/v1/workflows/${created.body.id}/activate`);
    expect(active.body).toMatchObject({ active: true, activeVersion: 1 });
    expect(schedules().map(({ data }) => data)).toMatchObject([
      { nodeId: 'tick', version: 1, nextAt: '2026-03-02T02:00:00.000Z', jitterMs: 10_000, overlap: 'skip' },
    ]);
    expect(String(schedules()[0]?.data.due)).toMatch(/^\d:2026-03-02T02:00:0\d\.\d{3}Z$/);
    await api.call('POST', `/v1/workflows/${created.body.id}/deactivate`);
    expect(schedules()).toEqual([]);
    await api.call('POST', `/v1/workflows/${created.body.id}/activate`, { version: 1 });
    expect(schedules().length).toBe(1);
    await api.call('DELETE', `/v1/workflows/${created.body.id}`);
    expect(schedules()).toEqual([]);
  });
});

describe('lists', () => {
  test('pages hold every workflow once, by name', async () => {
    for (const name of ['e', 'a', 'd', 'b', 'c']) await create(name);
    const names: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const page = await api.call('GET', `/v1/workflows?limit=2${cursor}`);
      expect(page.status, page.text).toBe(200);
      if (Array.isArray(page.body.items)) names.push(...page.body.items.map((item) => isJsonObject(item) && item.name));
      if (page.body.nextCursor === null) break;
      cursor = `&cursor=${page.body.nextCursor}`;
    }
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('search finds part of a name, case aside', async () => {
    await create('Alpha orders');
    await create('Beta');
    const found = await api.call('GET', '/v1/workflows?search=ORDER');
    expect(found.body.items).toMatchObject([{ name: 'Alpha orders' }]);
  });

  test('a cursor that was changed, or comes from another list, is refused', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const page = await api.call('GET', '/v1/workflows?limit=1');
    const cursor = String(page.body.nextCursor);
    const flipped = `${cursor.slice(0, 5)}${cursor[5] === 'A' ? 'B' : 'A'}${cursor.slice(6)}`;
    for (const bad of [flipped, `${cursor}AA`, cursor.slice(0, 10), 'x', '%00', "' or 1=1"]) {
      const answer = await api.call('GET', `/v1/workflows?cursor=${encodeURIComponent(bad)}`);
      expect([bad, answer.status, answer.body.code]).toEqual([bad, 400, 'MALFORMED_REQUEST']);
    }
    expect((await api.call('GET', `/v1/workflows?search=a&cursor=${cursor}`)).status).toBe(400);
    expect((await api.call('GET', `/v1/api-keys?cursor=${cursor}`)).status).toBe(400);
  });

  test('a limit outside 1 to 200 is refused', async () => {
    for (const limit of ['0', '-1', '201', '1e2', '1000000000', 'ten', '', '1.5', '%20']) {
      expect([limit, (await api.call('GET', `/v1/workflows?limit=${limit}`)).status]).toEqual([limit, 400]);
    }
  });
});
