import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../model/json.ts';
import { sampleManifests } from '../testing/sample-manifests.ts';
import { validateDefinition } from './validate-definition.ts';

const start = { id: 'start', type: 'trigger.manual' };
const set = (id: string, values: JsonValue = {}, more: object = {}) => ({ id, type: 'data.set', params: { values }, ...more });
const codes = (input: unknown, options?: { draft: boolean }) =>
  validateDefinition(input, sampleManifests, options).problems.map(({ path, code }) => `${path} ${code}`);

describe('validateDefinition', () => {
  it('fills in defaults and answers no problems for a definition that can run', () => {
    const { definition, problems } = validateDefinition({ name: ' n ', nodes: [start] }, sampleManifests);
    expect(problems).toEqual([]);
    expect(definition).toEqual({ name: 'n', nodes: [{ ...start, params: {} }], edges: [], settings: {} });
  });

  it('429 without quotes, which YAML reads as a number, is the retry reason', () => {
    const node = { ...set('a'), retry: { on: ['network', 429, '5xx'] } };
    const input = { name: 'x', nodes: [start, node], edges: [{ from: 'start', to: 'a' }] };
    const { definition, problems } = validateDefinition(input, sampleManifests);
    expect(problems).toEqual([]);
    expect(definition?.nodes[1]?.retry?.on).toEqual(['network', '429', '5xx']);
    const wrong = { ...input, nodes: [start, { ...node, retry: { on: [428] } }] };
    expect(codes(wrong)).toEqual(['nodes[1].retry.on[0] NOT_ALLOWED']);
  });

  it('a name may hold any script, and nothing that makes it look like another', () => {
    for (const name of ['Größe 订单 طلب', 'a\tb', 'a\u0000b', 'a\u202Etxt.exe', 'a\u2066b']) {
      const expected = name.startsWith('G') ? [] : ['name WRONG_FORMAT'];
      expect(codes({ name, nodes: [start] }), JSON.stringify(name)).toEqual(expected);
    }
  });

  it('a draft may have no name and no nodes, and is answered together with its problems', () => {
    const draft = { name: '', nodes: [], edges: [] };
    expect(validateDefinition(draft, sampleManifests, { draft: true }).definition).toEqual({ ...draft, settings: {} });
    expect(validateDefinition(draft, sampleManifests).definition).toBeNull();
    const half = { name: 'x', nodes: [{ id: 'a', type: 'test.call' }] };
    const validated = validateDefinition(half, sampleManifests, { draft: true });
    expect(validated.definition?.nodes).toHaveLength(1);
    expect(validated.problems.map(({ code }) => code)).toEqual(['PARAM_REQUIRED', 'MISSING_TRIGGER']);
  });

  it('what an expression will give is not judged, what stands beside it is', () => {
    const node = { id: 'a', type: 'test.call', params: { url: '{{ input.url }}', count: '{{ input.n }}', cuont: 1 } };
    const input = { name: 'x', nodes: [start, node], edges: [{ from: 'start', to: 'a' }] };
    expect(codes(input)).toEqual(['nodes[1].params.cuont UNKNOWN_PARAM']);
  });

  it('braces in raw params are plain text', () => {
    const node = { id: 'a', type: 'test.call', params: { url: 'x', code: '{{ nonsense (' } };
    expect(codes({ name: 'x', nodes: [start, node], edges: [{ from: 'start', to: 'a' }] })).toEqual([]);
  });

  it('the condition of a loop sees its body, and the body sees what came before the loop', () => {
    const nodes = [
      start,
      set('before'),
      {
        id: 'loop',
        type: 'flow.while',
        params: { condition: '{{ steps.inside.output.n < 3 || steps.before.output && index < 9 }}' },
      },
      set('inside', { n: '{{ steps.before.output.n + index }}' }, { parent: 'loop' }),
    ];
    const edges = [
      { from: 'start', to: 'before' },
      { from: 'before', to: 'loop' },
    ];
    expect(codes({ name: 'x', nodes, edges })).toEqual([]);
  });

  it('an edge from the error port of an effectful node is known', () => {
    const nodes = [start, { id: 'a', type: 'test.call', params: { url: 'x' } }, set('b')];
    const edges = [
      { from: 'start', to: 'a' },
      { from: 'a', to: 'b', output: 'error' },
    ];
    expect(codes({ name: 'x', nodes, edges })).toEqual([]);
  });

  it('refuses more than it can run', () => {
    const many = Array.from({ length: 1_001 }, (_, at) => set(`n${at}`));
    expect(codes({ name: 'x', nodes: many })).toEqual(['nodes TOO_MANY']);
    const edges = Array.from({ length: 4_001 }, () => ({ from: 'start', to: 'a' }));
    expect(codes({ name: 'x', nodes: [start, set('a')], edges })).toEqual(['edges TOO_MANY']);
    const fan = many.slice(0, 381);
    expect(codes({ name: 'x', nodes: [start, ...fan], edges: fan.map(({ id }) => ({ from: 'start', to: id })) })).toEqual([
      'nodes[0] FAN_OUT_TOO_LARGE',
    ]);
    const body = fan.map((node) => ({ ...node, parent: 'each' }));
    const each = { id: 'each', type: 'flow.for-each', params: { items: [1] } };
    expect(codes({ name: 'x', nodes: [start, each, ...body], edges: [{ from: 'start', to: 'each' }] })).toEqual([
      'nodes[1] FAN_OUT_TOO_LARGE',
    ]);
    expect(codes({ name: 'x', nodes: [start, set('a', 'x'.repeat(1_048_576))] })).toEqual([' TOO_LARGE']);
  });

  it('refuses an outcome that would tell too many joins that a way is dead', () => {
    const joins = Array.from({ length: 390 }, (_, at) => set(`j${at}`));
    const either = { id: 'either', type: 'flow.if', params: { condition: '{{ input }}' } };
    const live = [set('l1'), set('l2')];
    const edges = [
      { from: 'start', to: 'either' },
      { from: 'start', to: 'l1' },
      { from: 'start', to: 'l2' },
      { from: 'either', to: 'd1', output: 'false' },
      { from: 'either', to: 'd2', output: 'false' },
      ...joins.flatMap(({ id }, at) => [
        { from: at % 2 ? 'l1' : 'l2', to: id },
        { from: at % 2 ? 'd1' : 'd2', to: id },
      ]),
    ];
    const nodes = [start, either, ...live, set('d1'), set('d2'), ...joins];
    expect(codes({ name: 'x', nodes, edges })).toEqual(['nodes[1] FAN_OUT_TOO_LARGE']);
  });

  it('lists a bounded number of problems', () => {
    const nodes = Array.from({ length: 1_000 }, () => ({ id: 'same', type: 'nothing', extra: 1 }));
    const { problems } = validateDefinition({ name: 'x', nodes }, sampleManifests);
    expect(problems).toHaveLength(501);
    expect(problems.at(-1)?.code).toBe('MORE_PROBLEMS');
  });

  it('a node type whose own code fails on the params is no reason to fail', () => {
    const nodes = [start, { id: 'a', type: 'test.throwing' }, set('b')];
    const edges = [
      { from: 'start', to: 'a' },
      { from: 'a', to: 'b', output: 'anything' },
    ];
    expect(codes({ name: 'x', nodes, edges })).toEqual([]);
  });

  it('compensations see all that can have run where they stand, and need the same parent', () => {
    const nodes = [
      start,
      { id: 'each', type: 'flow.for-each', params: { items: [1] } },
      set('first', {}, { parent: 'each' }),
      set('pay', {}, { parent: 'each', compensate: 'refund' }),
      set(
        'refund',
        { a: '{{ steps.pay.output }}', b: '{{ steps.first.output }}', c: '{{ item }}', d: '{{ steps.book.output }}' },
        { parent: 'each' },
      ),
      set('book', {}, { compensate: 'unbook' }),
      set('unbook', {}, { parent: 'each' }),
    ];
    const edges = [
      { from: 'start', to: 'each' },
      { from: 'first', to: 'pay' },
      { from: 'each', to: 'book' },
    ];
    expect(codes({ name: 'x', nodes, edges })).toEqual(['nodes[5].compensate COMPENSATION_PLACE']);
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a function inside', { name: 'x', nodes: [set('a', (() => 1) as unknown as JsonValue)] }],
    ['a big integer', 10n],
    ['a text', 'name: x'],
    ['NaN', { name: 'x', nodes: [set('a', Number.NaN)] }],
    [
      'nulls everywhere',
      { name: null, nodes: [null, { id: null, type: null }], edges: [null, {}], settings: null, inputs: null },
    ],
    [
      'a cycle in memory',
      (() => {
        const o: Record<string, unknown> = {};
        o.o = o;
        return o;
      })(),
    ],
    [
      'names of the prototype',
      {
        name: 'x',
        nodes: [{ id: 'toString', type: 'constructor', parent: 'valueOf', compensate: 'hasOwnProperty' }],
        edges: [{ from: '__proto__', to: 'constructor', output: 'toString' }],
      },
    ],
  ])('never throws: %s', (_, input) => {
    const { definition, problems } = validateDefinition(input, sampleManifests);
    expect(definition).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
  });

  it('never throws: 100,000 levels', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = level % 2 ? [deep] : { deep };
    expect(codes(deep)).toEqual([' TOO_DEEP']);
    expect(codes({ name: 'x', nodes: [start], inputs: deep })).toEqual([' TOO_DEEP']);
  });

  it('never throws, whatever is put in whatever place', () => {
    const sample = () => ({
      name: 'x',
      inputs: { type: 'object' },
      nodes: [
        start,
        { id: 'a', type: 'flow.for-each', params: { items: ['{{ input }}'] } },
        set('b', { x: '{{ item }}' }, { parent: 'a', compensate: 'c' }),
        set('c'),
      ],
      edges: [{ from: 'start', to: 'a', output: 'main' }],
      settings: { timeoutMs: 1 },
    });
    const odd = [null, 0, -1.5, '', '{{', '{{ steps }}', 'a', [], {}, [[]], { a: {} }, true, 'constructor'];
    const places = [
      ['name'],
      ['inputs'],
      ['inputs', 'type'],
      ['nodes'],
      ['nodes', 1],
      ['nodes', 1, 'id'],
      ['nodes', 1, 'type'],
      ['nodes', 1, 'params'],
      ['nodes', 1, 'params', 'items'],
      ['nodes', 2, 'parent'],
      ['nodes', 2, 'compensate'],
      ['nodes', 2, 'params', 'values'],
      ['edges'],
      ['edges', 0],
      ['edges', 0, 'from'],
      ['edges', 0, 'to'],
      ['edges', 0, 'output'],
      ['settings'],
      ['settings', 'timeoutMs'],
      ['extra'],
    ];
    for (const place of places) {
      for (const value of odd) {
        const tree: Record<PropertyKey, unknown> = sample();
        let at = tree;
        for (const key of place.slice(0, -1)) at = at[key] as Record<PropertyKey, unknown>;
        at[place.at(-1) ?? ''] = value;
        for (const { path, message } of validateDefinition(tree, sampleManifests).problems) {
          expect(`${path}: ${message}`).not.toMatch(/undefined|\[object|\{\w+\}/);
        }
      }
    }
  });

  it('looks at no more expressions than others can wait for, and says where it stopped', () => {
    const long = (n: number) => Array.from({ length: n }, (_, at) => `{{ [${`${at}, `.repeat(60)}] }}`);
    const input = { name: 'x', nodes: [start, set('a', { list: long(2_000) })], edges: [{ from: 'start', to: 'a' }] };
    const { problems } = validateDefinition(input, sampleManifests);
    const [stopped] = problems.filter(({ code }) => code === 'EXPRESSIONS_TOO_LARGE');
    expect(stopped?.path).toMatch(/^nodes\[1\]\.params\.values\.list\[\d+\]$/);
    expect(codes({ ...input, nodes: [start, set('a', { list: long(500), text: 'x'.repeat(500_000) })] })).not.toContain(
      stopped?.code,
    );
  });

  it('tells of hundreds of thousands of faults in one place without throwing', () => {
    const node = { ...set('a'), retry: { on: Array.from({ length: 200_000 }, () => 'z') } };
    expect(validateDefinition({ name: 'x', nodes: [start, node] }, sampleManifests).problems.length).toBeGreaterThan(0);
  });

  it('asks a node for its ports once, however many edges leave it', () => {
    let asked = 0;
    const manifests = new Map(sampleManifests);
    const ports = (): readonly string[] => {
      asked += 1;
      return Array.from({ length: 20_000 }, (_, n) => `c${n}`);
    };
    for (const manifest of sampleManifests.values()) manifests.set('test.many', { ...manifest, type: 'test.many', ports });
    const nodes = [start, { id: 's', type: 'test.many' }, ...Array.from({ length: 900 }, (_, n) => set(`n${n}`))];
    const edges = Array.from({ length: 4_000 }, (_, n) => ({ from: 's', to: `n${n % 900}`, output: `c${n}` }));
    validateDefinition({ name: 'x', nodes, edges }, manifests);
    expect(asked).toBe(1);
  });
});
