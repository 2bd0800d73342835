import type { Expression } from 'acorn';
import { describe, expect, it } from 'vitest';
import { parseExpression } from './parse-expression.ts';
import { type NameReport, walkNames } from './walk-names.ts';

/** How often the walk looks at a property of a node. */
function looks(source: string, data: NameReport['data']): number {
  const parsed = parseExpression(source, 0);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  let count = 0;
  const known = new WeakMap<object, object>();
  const counted = <T extends object>(node: T): T => {
    const made = new Proxy(node, {
      get(of, key) {
        count += 1;
        const value: unknown = Reflect.get(of, key);
        return typeof value === 'object' && value !== null ? (known.get(value) ?? counted(value)) : value;
      },
    });
    known.set(node, made);
    return made;
  };
  walkNames(counted<Expression>(parsed.expression.node), { data, name() {}, callbackUrl() {} });
  return count;
}

describe('the walk over an expression', () => {
  const shapes: readonly (readonly [string, (n: number) => string])[] = [
    ['a chain of an unknown name', (n) => `a${'.b'.repeat(n)}`],
    ['a chain of data', (n) => `input${'.b'.repeat(n)}`],
    ['a method at the end of a chain that may be absent', (n) => `input?.a${'.b'.repeat(n)}()`],
    ['a method on parts that may be absent', (n) => `input${'?.b'.repeat(n)}()`],
    ['computed keys', (n) => `input${'[x]'.repeat(n)}`],
    ['a computed key far inside', (n) => `input[x]${'.b'.repeat(n)}`],
    ['a private name far inside', (n) => `class { #p; x = input.#p${'.b'.repeat(n)} }`],
    ['a chain of a name that is declared', (n) => `input => input${'.b'.repeat(n)}`],
    ['calls behind each other', (n) => `input${'.b()'.repeat(Math.floor(n / 2))}`],
    ['parentheses', (n) => `${'('.repeat(n / 2)}a${'.b)'.repeat(n / 2)}`],
    ['a long sum', (n) => `x${'+x'.repeat(n)}`],
    ['scopes in scopes', (n) => `${Array.from({ length: n / 2 }, (_, at) => `v${at}=>`).join('')}[${'item,'.repeat(n)}]`],
    ['brackets', (n) => `${'['.repeat(n / 2)}${']'.repeat(n / 2)}`],
  ];

  it.each(shapes)('over %s takes work in proportion to its length', (_name, make) => {
    // as the validation asks, and as the sandbox does
    const isFixed: NameReport['data'] = ({ links }) => (links.every(({ key }) => typeof key === 'string') ? 'stop' : 'parts');
    for (const data of [(): 'keys' => 'keys', isFixed]) {
      const [one, two] = [looks(make(150), data), looks(make(300), data)];
      expect(two / one).toBeLessThan(2.3);
    }
  });
});

describe('an expression', () => {
  const problemOf = (source: string): string | null => {
    const parsed = parseExpression(source, 0);
    return parsed.ok ? null : parsed.problem.message;
  };

  it.each([
    '['.repeat(300),
    '{a:'.repeat(300),
    'f('.repeat(300),
    `${'`${'.repeat(300)}1`,
    'a=>'.repeat(300),
    'a='.repeat(300),
    '!'.repeat(300),
    '- '.repeat(300),
    'new '.repeat(300),
    '1?'.repeat(300),
    '2**'.repeat(300),
    `()=>{${Array.from({ length: 300 }, (_, n) => `a${n}:`).join('')}`,
  ])('that opens too much is refused before it is parsed to its end: %s', (source) => {
    // what would follow is no JavaScript: the parser never comes to it
    expect(problemOf(`${source} ) ] nonsense`)).toBe('The expression is nested too deeply');
  });

  it.each([
    Array.from({ length: 500 }, () => 'input.a ? -1 : [!b]').join(', '),
    `{ ${Array.from({ length: 500 }, (_, n) => `k${n}: -a`).join(', ')} }`,
    `() => { ${'a = 1;'.repeat(500)} }`,
    `() => {\n${'a = !b\n'.repeat(500)} }`,
    `() => { ${'if (a) { b() } else '.repeat(100)} {} }`,
    `"${'('.repeat(500)}" + /${'\\('.repeat(500)}/.source`,
  ])('that is only long is not: %#', (source) => {
    expect(problemOf(`[${source.startsWith('{') || source.startsWith('()') ? `(${source})` : source}]`)).toBeNull();
  });

  it('is looked at only as far as it may be long, wherever it stands', () => {
    const far = `${'x\n'.repeat(100_000)}{{ ${'let '.repeat(10)} }}`;
    const parsed = parseExpression(far, 200_003);
    expect(parsed).toMatchObject({ ok: false, problem: { line: 100_001, column: 4 } });
    expect(parsed.read).toBeLessThan(100);
    const long = parseExpression(`[${'1,'.repeat(100_000)}]`, 0);
    expect(long).toMatchObject({ ok: false, problem: { message: 'The expression is longer than 32768 characters' } });
    expect(long.read).toBeLessThan(32_800);
    const open = parseExpression(`"${'x'.repeat(100_000)}"`, 0);
    expect(open).toMatchObject({ ok: false, problem: { message: 'The expression is longer than 32768 characters' } });
  });
});
