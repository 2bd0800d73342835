import { describe, expect, it } from 'vitest';
import { sampleManifests } from '../testing/sample-manifests.ts';
import { validateDefinition } from './validate-definition.ts';

const problemsOf = (code: unknown) => {
  const script = { id: 'code', type: 'script.javascript', params: { code } };
  const input = { name: 'x', nodes: [{ id: 'go', type: 'trigger.manual' }, script], edges: [{ from: 'go', to: 'code' }] };
  const { problems } = validateDefinition(input, sampleManifests, { draft: true });
  return problems.filter((problem) => problem.code === 'SCRIPT_SYNTAX');
};

describe('the code of a script', () => {
  it('that does not parse is a problem with its line and column', () => {
    expect(problemsOf('const n = 1;\nreturn n +;')).toEqual([
      { path: 'nodes[1].params.code', code: 'SCRIPT_SYNTAX', message: 'Unexpected token (line 2, column 11)' },
    ]);
  });

  it('may return, await and hold braces that are no template', () => {
    for (const code of ['return await input.x', '', 'for await (const a of []) {}', '{{ 1 }}'])
      expect([code, problemsOf(code)]).toEqual([code, []]);
  });

  it('is read at any nesting without throwing, and up to the size that people write', () => {
    expect(problemsOf('('.repeat(100_000))).toHaveLength(1);
    expect(problemsOf(`${'let a = 1\n'.replace('let ', '').repeat(2_000)}`)).toEqual([]);
    expect(problemsOf('('.repeat(200_000))).toEqual([]);
    for (const code of [null, 7, {}, []]) expect(problemsOf(code)).toEqual([]);
  });
});
