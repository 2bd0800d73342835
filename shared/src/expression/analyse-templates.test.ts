import { describe, expect, test } from 'vitest';
import { analyseTemplates, expressionReferences } from './analyse-templates.ts';

const codes = (value: Parameters<typeof analyseTemplates>[0]) =>
  analyseTemplates(value).problems.map((problem) => [problem.path, problem.code, problem.suggestion]);

describe('what templates refer to', () => {
  test('every mention of a step is found, however deep, with its path', () => {
    const { steps, problems } = analyseTemplates({
      url: 'https://x.example/{{ steps.fetch.output.id }}/{{ steps["other-step"].output.items.map(x => x.id) }}',
      list: [{ a: '{{ steps.third.output ?? steps?.fourth?.output }}' }],
    });
    expect(problems).toEqual([]);
    expect(steps.map(({ id, path }) => [id, path])).toEqual([
      ['fetch', 'url'],
      ['other-step', 'url'],
      ['third', 'list[0].a'],
      ['fourth', 'list[0].a'],
    ]);
  });

  test('a name that the expression declares itself is not the data of that name', () => {
    const analysis = analyseTemplates('{{ input.list.map(item => item.price).filter(({steps}) => steps.nope) }}');
    expect(analysis).toMatchObject({ steps: [], problems: [], loopNames: [] });
    expect(analyseTemplates('{{ [item].map(item => item.x) }}').loopNames).toEqual([{ name: 'item', path: '' }]);
    expect(analyseTemplates('{{ (() => { { let steps = 1 } return steps.a.output })() }}').steps.map((s) => s.id)).toEqual(['a']);
    expect(
      analyseTemplates(
        '{{ (function f(a, ...rest) { try { var x = f } catch ({e = a}) { return e + x + rest + arguments } })() }}',
      ).problems,
    ).toEqual([]);
  });

  test('item, vars and computed keys are seen', () => {
    expect(expressionReferences({ a: '{{ input[steps.a.output.key] }}', b: '{{ vars.x }}' })).toEqual({
      steps: ['a'],
      vars: true,
    });
    expect(analyseTemplates({ a: ['{{ index + index }}'] }).loopNames).toEqual([{ name: 'index', path: 'a[0]' }]);
    expect(expressionReferences('{{ broken ( }}')).toEqual({ steps: [], vars: false });
  });

  test('raw keys are plain text', () => {
    expect(analyseTemplates({ code: '{{ nonsense ((', a: '{{ input }}' }, { raw: ['code'] }).problems).toEqual([]);
  });
});

describe('what is wrong with templates', () => {
  test('a text full of expressions costs no more than a thousand of them', () => {
    expect(codes('{{x}}'.repeat(180_000))).toEqual([['', 'EXPRESSION_SYNTAX', undefined]]);
    expect(codes(Array.from({ length: 20_000 }, () => '{{ nowhere }}'))).toHaveLength(200);
  });

  test('syntax errors say where', () => {
    const { problems } = analyseTemplates({
      a: 'x {{ input. }}',
      b: '{{ }}',
      c: 'open {{ input',
      d: '{{ input.a input.b }}',
      e: '{{ a; b }}',
    });
    expect(problems.map((problem) => [problem.path, problem.code])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((path) => [path, 'EXPRESSION_SYNTAX']),
    );
    expect(problems[0]?.message).toBe('Unexpected token (line 1, column 13)');
  });

  test('unknown names come with the likely meant one', () => {
    expect(codes({ a: '{{ inptu.x }}', b: '{{ process.env }}', c: '{{ slg("a") }}' })).toEqual([
      ['a', 'UNKNOWN_NAME', 'input'],
      ['b', 'UNKNOWN_NAME', undefined],
      ['c', 'UNKNOWN_NAME', 'slug'],
    ]);
  });

  test('a dash in a step id and a forgotten output are explained', () => {
    expect(codes('{{ steps.order-fetch.output.x }}')).toEqual([['', 'UNKNOWN_NAME', "steps['order-fetch']"]]);
    expect(codes('{{ steps.fetch.body.total }}')).toEqual([['', 'UNKNOWN_NAME', 'steps.fetch.output.body.total']]);
  });

  test('steps needs a fixed id', () => {
    expect(codes({ a: '{{ steps[input.name].output }}', b: '{{ Object.keys(steps) }}' }).map(([, code]) => code)).toEqual([
      'EXPRESSION_SYNTAX',
      'EXPRESSION_SYNTAX',
    ]);
  });

  test('hostile nesting and length are refused, not run into', () => {
    for (const source of [
      '('.repeat(10_000),
      '['.repeat(30_000),
      `${'!'.repeat(20_000)}1`,
      `${'a=>'.repeat(9_000)}1`,
      `1${'+1'.repeat(5_000)}`,
      `"${'x'.repeat(40_000)}"`,
    ]) {
      expect(analyseTemplates(`{{ ${source} }}`).problems[0]?.code).toBe('EXPRESSION_SYNTAX');
    }
    let deep: unknown = '{{ input }}';
    for (let level = 0; level < 2_000; level += 1) deep = [deep];
    expect(analyseTemplates(deep as never).problems[0]?.code).toBe('EXPRESSION_SYNTAX');
  });
});
