import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinitionText } from '@automateos/shared/graph/parse-definition-text';
import { renderPlainYaml } from '@automateos/shared/graph/render-plain-yaml';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSystemClock } from '../../adapters/embedded/system-clock.ts';
import { createQuickJsEvaluator } from '../../adapters/expression/quickjs-evaluator.ts';
import { createScriptSandbox } from '../../adapters/scripts/script-sandbox.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';

const folder = join(import.meta.dirname, '../../../../examples/import');

const files = ['asl', 'google-workflows', 'n8n'].flatMap((system) => {
  const names = readdirSync(join(folder, system)).filter((name) => !name.endsWith('.test.yaml') && !name.startsWith('expected'));
  return names.map((name) => ({ system, name, path: join(folder, system, name) }));
});

function treeOf(path: string): JsonValue {
  const parsed = parseDefinitionText(readFileSync(path, 'utf8'), path.endsWith('.json') ? 'json' : 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const baseOf = (path: string): string => path.replace(/(?:\.asl)?\.(?:json|yaml)$/, '');

describe('files of other systems', () => {
  const evaluator = createQuickJsEvaluator();
  const sandbox = createScriptSandbox();
  let fixture: ApiFixture;
  beforeAll(async () => {
    fixture = await createApiFixture({ evaluator, sandbox, clock: createSystemClock() });
  });
  afterAll(async () => {
    await Promise.all([evaluator.close(), sandbox.close()]);
  });

  it.each(files)(
    '$system/$name becomes a definition without problems, with a report of every step',
    async ({ system, name, path }) => {
      const { status, body } = await fixture.call('POST', '/v1/workflows/import?dryRun=true', treeOf(path));
      expect(status).toBe(200);
      const { problems, report, definition, workflow, draft } = body;
      expect({ problems, workflow, draft }).toEqual({ problems: [], workflow: null, draft: false });
      expect(report).toMatchObject({ source: system });
      const expected = join(folder, system, 'expected', `${baseOf(name)}.yaml`);
      await expect(renderPlainYaml({ definition, report } as JsonObject)).toMatchFileSnapshot(expected);
    },
  );

  const tested = files.flatMap((file) => {
    try {
      return [{ ...file, tests: parse(readFileSync(`${baseOf(file.path)}.test.yaml`, 'utf8')).tests as JsonValue }];
    } catch {
      return []; // has no tests beside it
    }
  });

  it.each(tested)('$system/$name does what it did there', async ({ path, tests, name }) => {
    const imported = await fixture.call('POST', `/v1/workflows/import?name=${encodeURIComponent(name)}`, treeOf(path));
    expect(imported.status).toBe(201);
    const workflow = imported.body.workflow as JsonObject; // a fresh import has one
    expect(workflow).toMatchObject({ version: 1, active: false });
    const { body, status } = await fixture.call('POST', '/v1/workflow-tests/run', { workflowId: workflow.id ?? '', tests });
    expect(status).toBe(200);
    const results = body.results as readonly JsonObject[]; // as the report says
    expect(
      results.flatMap(({ name: test, failures }) => (JSON.stringify(failures) === '[]' ? [] : [{ test, failures }])),
    ).toEqual([]);
  });
});

describe('a hostile or foreign file', () => {
  let fixture: ApiFixture;
  beforeAll(async () => {
    fixture = await createApiFixture();
  });

  const state = { Type: 'Pass', End: true };
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`S${n}`, { ...state, Next: `S${n + 1}` }]));
  let nested: JsonObject = { StartAt: 'a', States: { a: state } };
  for (let n = 0; n < 15; n += 1) nested = { StartAt: 'a', States: { a: { Type: 'Parallel', Branches: [nested], End: true } } };

  const hostile: readonly (readonly [string, JsonValue, number, string?])[] = [
    ['no known shape', { hello: 1 }, 422],
    ['a list', [], 422],
    ['a list that is said to be of n8n', [{ nodes: [], connections: {} }], 422, 'n8n'],
    ['n8n without nodes', { name: 'x', connections: {} }, 422, 'n8n'],
    ['n8n without connections', { name: 'x', nodes: [] }, 422, 'n8n'],
    ['a state machine without states', { StartAt: 'a' }, 422, 'asl'],
    ['a Google workflow without main', { one: { steps: [] } }, 422, 'google-workflows'],
    [
      'calls in calls, which would double what is written with each',
      {
        main: {
          params: ['a'],
          steps: [{ s: { assign: [{ x: ['$', `{${'len('.repeat(140)}a${')'.repeat(140)}}`].join('') }] } }],
        },
      },
      200,
    ],
    ['an assignment far down', { main: { steps: [{ s: { assign: [{ [`a${'[0]'.repeat(20_000)}`]: 1 }] } }] } }, 200],
    ['a path longer than data is deep', { StartAt: 'a', States: { a: { ...state, InputPath: `$${'.a'.repeat(20_000)}` } } }, 200],
    [
      'more to parse than others can wait for',
      {
        main: {
          steps: [{ s: { assign: Array.from({ length: 300 }, () => ({ x: ['$', `{${'(1)+'.repeat(250)}1}`].join('') })) } }],
        },
      },
      422,
    ],
    [
      'more connections than a workflow may have',
      {
        nodes: Array.from({ length: 500 }, (_, n) => ({ name: `n${n}`, type: 'n8n-nodes-base.splitInBatches' })),
        connections: Object.fromEntries(
          Array.from({ length: 500 }, (_, n) => [`n${n}`, { main: [Array.from({ length: 10 }, () => ({ node: 'n1' }))] }]),
        ),
      },
      422,
    ],
    ['ten thousand states', { StartAt: 'S0', States: many(10_000) }, 422],
    [
      'ten thousand nodes of n8n',
      { nodes: Array.from({ length: 10_000 }, (_, n) => ({ name: `n${n}`, type: 'x' })), connections: {} },
      422,
    ],
    ['a start that is not there', { StartAt: 'nowhere', States: { a: state } }, 200],
    ['branches within branches', nested, 200],
    ['states that are no states', { StartAt: 'a', States: { a: 7 } }, 200],
    ['a system that it is not', { StartAt: 'a', States: { a: state } }, 422, 'google-workflows'],
    [
      'names of prototypes',
      {
        nodes: [
          { name: 'constructor', type: 'n8n-nodes-base.hasOwnProperty', parameters: { toString: '={{ $json.constructor }}' } },
        ],
        connections: { constructor: { main: [[{ node: 'constructor' }]] } },
      },
      200,
    ],
    [
      'subworkflows that call each other',
      {
        main: { steps: [{ a: { call: 'one' } }] },
        one: { steps: [{ b: { call: 'two' } }, { b2: { call: 'two' } }] },
        two: { steps: [{ c: { call: 'one' } }] },
      },
      200,
    ],
    [
      'expressions that do not end',
      {
        nodes: [
          {
            name: 'x',
            type: 'n8n-nodes-base.set',
            typeVersion: 3.4,
            parameters: { assignments: { assignments: [{ name: 'a', value: `={{ ${'('.repeat(5_000)} }}` }] } },
          },
        ],
        connections: {},
      },
      200,
    ],
  ];

  const twice = '{% $states.input %}';
  const doubling = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [
      `W${n}`,
      { Type: 'Wait', Seconds: 1, Output: { a: twice, b: twice }, ...(n === 299 ? { End: true } : { Next: `W${n + 1}` }) },
    ]),
  );
  const adding = Array.from({ length: 300 }, (_, n) => ({ [n % 2 === 0 ? 'a' : 'b']: ['$', '{a + b + a + b}'].join('') }));
  const merging = Array.from({ length: 200 }, (_, n) => `m${n}`);
  const growing: readonly (readonly [string, JsonValue])[] = [
    ['documents that double with each state', { QueryLanguage: 'JSONata', StartAt: 'W0', States: doubling }],
    ['variables that double with each assignment', { main: { steps: [{ s: { assign: [{ a: 1 }, { b: 1 }, ...adding] } }] } }],
    [
      'items that double with each merge',
      {
        nodes: merging.map((name) => ({ name, type: 'n8n-nodes-base.merge', typeVersion: 3, parameters: { mode: 'combine' } })),
        connections: Object.fromEntries(
          merging.slice(0, -2).map((name, n) => [
            name,
            {
              main: [
                [
                  { node: `m${n + 1}`, index: 0 },
                  { node: `m${n + 2}`, index: 1 },
                ],
              ],
            },
          ]),
        ),
      },
    ],
  ];

  it.each(growing)('%s cost no more than they are worth', async (_name, tree) => {
    const answer = await fixture.call('POST', '/v1/workflows/import?dryRun=true', tree);
    expect([200, 422]).toContain(answer.status);
    expect(answer.text.length).toBeLessThan(4_000_000);
  });

  it.each(hostile)('%s is answered in words', async (_name, tree, status, from) => {
    const query = `dryRun=true${from === undefined ? '' : `&from=${from}`}`;
    const answer = await fixture.call('POST', `/v1/workflows/import?${query}`, tree);
    expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, '']);
  });

  it('brings no ids, secrets or pinned data, and is told which credentials to make', async () => {
    const tree = JSON.parse(readFileSync(join(folder, 'n8n/order-alert.json'), 'utf8')) as JsonObject; // a file of ours
    const { body, text } = await fixture.call('POST', '/v1/workflows/import', {
      ...tree,
      org: 'org_other',
      id: 'wf_other',
      ownerId: 'usr_other',
    });
    expect(body.report).toMatchObject({ credentials: [{ name: 'Shop key', kind: 'http-header' }, { name: 'Team Slack' }] });
    for (const secret of ['pinned', 'org_other', 'wf_other', 'usr_other', '"abc"']) expect(text).not.toContain(secret);
    const again = await fixture.call('POST', '/v1/workflows/import', tree);
    expect(again.status).toBe(409);
  });

  it('is told of names that stand twice, settings without a like, and that it was active', async () => {
    const set = { type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters: {} };
    const nodes = [
      { ...set, name: 'A' },
      { ...set, name: 'A' },
      { name: 'B', type: 'n8n-nodes-community.unheardOf' },
    ];
    const settings = { executionOrder: 'v1', callerPolicy: 'any' };
    const tree = { name: 'Twice', active: true, settings, nodes, connections: {} };
    const { body } = await fixture.call('POST', '/v1/workflows/import?dryRun=true', tree);
    expect(body.report).toMatchObject({
      nodes: { total: 3, mapped: 1, unmapped: 2 },
      warnings: [expect.stringContaining('active in n8n'), expect.stringContaining('callerPolicy')],
    });
    expect(JSON.stringify(body.report)).toContain('Another node has the same name');
    const list = await fixture.call('POST', '/v1/workflows/import', [tree]);
    expect([list.status, list.text]).toEqual([422, expect.stringContaining('automateos import')]);
  });

  it('becomes a draft where it cannot run as it is', async () => {
    const { status, body } = await fixture.call('POST', '/v1/workflows/import', { nodes: [], connections: {}, name: 'Empty' });
    expect([status, body.draft]).toEqual([201, true]);
    const workflow = body.workflow as JsonObject; // created, as the status says
    const draft = await fixture.call('GET', `/v1/workflows/${workflow.id}/draft`);
    expect(draft.body).toMatchObject({ definition: { name: 'Empty', nodes: [] } });
  });

  it('of our own goes the same way as before, and only reports in a dry run', async () => {
    const own = { name: 'own', nodes: [{ id: 'go', type: 'trigger.manual' }] };
    const dry = await fixture.call('POST', '/v1/workflows/import?dryRun=true', own);
    expect(dry.body).toMatchObject({
      workflow: null,
      report: { source: 'automateos', nodes: { total: 1, mapped: 1 } },
      problems: [],
    });
    expect((await fixture.call('POST', '/v1/workflows/import', own)).body).toMatchObject({ name: 'own', version: 1 });
    expect(
      (await fixture.call('POST', '/v1/workflows/import', { name: 'x', nodes: [{ id: 'a', type: 'no.such' }] })).status,
    ).toBe(422);
  });
});
