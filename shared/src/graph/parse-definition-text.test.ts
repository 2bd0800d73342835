import { describe, expect, it } from 'vitest';
import { parseDefinitionText } from './parse-definition-text.ts';

const codes = (text: string, format: 'json' | 'yaml') => {
  const parsed = parseDefinitionText(text, format);
  return parsed.ok ? ['accepted', JSON.stringify(parsed.value)] : parsed.problems.map((problem) => problem.code);
};

describe('YAML', () => {
  it('is read with the types of YAML 1.2', () => {
    const parsed = parseDefinitionText(
      'a: yes\nb: 010\nc: 0o10\nd: 1e3\ne: ~\nf: 2026-01-31\ng: 1_000\nh: true\n7: x\ni:',
      'yaml',
    );
    expect(parsed).toEqual({
      ok: true,
      value: { a: 'yes', b: 10, c: 8, d: 1000, e: null, f: '2026-01-31', g: '1_000', h: true, 7: 'x', i: null },
    });
  });

  it.each([
    ['a syntax error', 'a: [1', 'SYNTAX'],
    ['two documents', 'a: 1\n---\nb: 2', 'SYNTAX'],
    ['tabs as indent', 'a:\n\t- b', 'SYNTAX'],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes', 'SYNTAX'],
    ['a custom tag', 'a: !env SECRET', 'YAML_TAG'],
    ['a binary', 'a: !!binary aGk=', 'YAML_TAG'],
    ['a tag on a map', 'a: !thing { b: 1 }', 'YAML_TAG'],
    ['a merge key', 'a: &a { x: 1 }\nb:\n  <<: *a', 'YAML_MERGE_KEY'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'DUPLICATE_KEY'],
    ['keys that are equal as text', '1: a\n"1": b', 'DUPLICATE_KEY'],
    ['a list as key', '? [a, b]\n: 1', 'YAML_KEY'],
    ['no key', '~: 1', 'YAML_KEY'],
    ['not a number', 'a: .nan', 'NOT_JSON'],
    ['infinity', 'a: -.inf', 'NOT_JSON'],
    ['an alias to nothing', 'a: *b', 'YAML_ALIAS'],
    ['an alias to what it is part of', 'a: &a\n  b: *a', 'YAML_ALIAS'],
    ['__proto__', 'a: { __proto__: 1 }', 'FORBIDDEN_KEY'],
  ])('%s is refused', (_, text, code) => {
    expect(codes(text, 'yaml')).toContain(code);
  });

  it('a second document is told in our words, at its line', () => {
    const parsed = parseDefinitionText('a: 1\n---\nb: 2', 'yaml');
    expect(parsed).toMatchObject({ ok: false, problems: [{ code: 'SYNTAX' }] });
    expect(parsed.ok ? '' : parsed.problems[0]?.message).toMatch(/^Line \d, column \d: a second document begins here/);
  });

  it('follows aliases, the latest anchor of a name winning', () => {
    expect(codes('a: &x 1\nb: *x\nc: &x 2\nd: *x', 'yaml')).toEqual(['accepted', '{"a":1,"b":1,"c":2,"d":2}']);
  });

  it('a bomb of aliases is refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) =>
        `l${at}: &l${at} [${
          at === 0
            ? 'x'
            : Array(9)
                .fill(`*l${at - 1}`)
                .join(', ')
        }]`,
    );
    expect(codes(levels.join('\n'), 'yaml')).toEqual(['TOO_MANY']);
  });

  it.each([
    ['brackets', '['.repeat(1_000_000), 'TOO_DEEP'],
    ['maps', '{a: '.repeat(200_000), 'TOO_DEEP'],
    ['dashes', '- '.repeat(100_000), 'SYNTAX'],
    ['indents', Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), 'TOO_DEEP'],
    ['errors', 'a: @\n'.repeat(20_000), 'SYNTAX'],
    ['a text above the limit', `a: ${'x'.repeat(1_048_576)}`, 'TOO_LARGE'],
  ])('many %s are refused, not followed', (_, text, code) => {
    expect(codes(text, 'yaml')).toContain(code);
  });

  it('says the line', () => {
    const parsed = parseDefinitionText('name: a\nnodes:\n  - { id: x\n', 'yaml');
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/^Line 4, column 1: /),
    ]);
  });
});

describe('JSON', () => {
  it('is read as it is, a byte order mark aside', () => {
    expect(codes('\uFEFF{"a":[1,{"b":null}]}', 'json')).toEqual(['accepted', '{"a":[1,{"b":null}]}']);
  });

  it.each([
    ['nothing', '', 'SYNTAX'],
    ['half of it', '{"a": ', 'SYNTAX'],
    ['a trailing comma', '{"a": 1,}', 'SYNTAX'],
    ['a duplicate key', '{"a": 1, "b": {"a": 2}, "\\u0061": 3}', 'DUPLICATE_KEY'],
    ['__proto__', '[{"__proto__": 1}]', 'FORBIDDEN_KEY'],
    ['depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'TOO_DEEP'],
    ['size', JSON.stringify('x'.repeat(1_048_577)), 'TOO_LARGE'],
  ])('%s is refused', (_, text, code) => {
    expect(codes(text, 'json')).toEqual([code]);
  });

  it('keys are compared per object, and braces in texts are text', () => {
    expect(codes('{"a": {"x": 1}, "b": {"x": "{\\"x\\": 1}"}, "c": ["x", "x"]}', 'json')[0]).toBe('accepted');
  });

  it('says line and column', () => {
    const parsed = parseDefinitionText('{\n  "a": 1,\n  b: 2\n}', 'json');
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/^Line 3, column 3: [^{]*$/),
    ]);
  });
});
