import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';

const start = { id: 'start', type: 'trigger.manual' };

test('a file names what it refers to, keeps its comments and holds no secret', async () => {
  const { call } = await createApiFixture();
  const data = { token: 'canary-token-of-the-shop' };
  const credential = await call('POST', '/v1/credentials', { name: 'shop', kind: 'http-bearer', data });
  const child = await call('POST', '/v1/workflows', { name: 'child', nodes: [start] });
  const yaml = [
    'name: parent # the first',
    'nodes:',
    '  - { id: start, type: trigger.manual }',
    `  - { id: get, type: http.request, credential: ${String(credential.body.id)}, params: { url: "https://shop.example" } }`,
    `  - { id: call, type: flow.call, params: { workflow: ${String(child.body.id)} } }`,
    'edges:',
    '  - { from: start, to: get }',
    '  - { from: get, to: call }',
    'settings:',
    `  errorWorkflow: ${String(child.body.id)}`,
  ].join('\n');
  const made = await call('POST', '/v1/workflows', yaml, { 'content-type': 'application/yaml' });
  expect(made.status).toBe(201);
  for (const format of ['json', 'yaml']) {
    const file = await call('GET', `/v1/workflows/${String(made.body.id)}/export?format=${format}`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="parent.${format}"`);
    expect(file.text).not.toMatch(/crd_|wf_|canary/);
    expect(file.text).toMatch(/credential"?: "?shop/);
    expect(file.text.includes('# the first')).toBe(format === 'yaml');
  }
});

test('several come as one file, and what they are made of can be imported again', async () => {
  const { call } = await createApiFixture();
  const ids = [];
  for (const name of ['b', 'a', 'c']) ids.push(String((await call('POST', '/v1/workflows', { name, nodes: [start] })).body.id));
  const all = await call('GET', '/v1/workflows/export?format=yaml');
  expect(all.headers.get('content-type')).toBe('application/yaml');
  const documents = all.text.split(/^---\n/m).slice(1);
  expect(documents.map((text) => /^name: (.+)$/m.exec(text)?.[1])).toEqual(['a', 'b', 'c']);
  const two = await call('GET', `/v1/workflows/export?format=json&ids=${ids[2]},${ids[0]}`);
  expect(JSON.parse(two.text)).toMatchObject([{ name: 'c' }, { name: 'b' }]);
  expect((await call('GET', `/v1/workflows/export?ids=${ids[0]},wf_none`)).status).toBe(404);
  expect((await call('GET', '/v1/workflows/export?ids=')).status).toBe(400);
  const elsewhere = await createApiFixture();
  for (const text of documents) {
    const answer = await elsewhere.call('POST', '/v1/workflows/import', text, { 'content-type': 'application/yaml' });
    expect(answer.status).toBe(201);
  }
});
