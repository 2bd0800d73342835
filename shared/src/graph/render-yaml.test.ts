import { describe, expect, it } from 'vitest';
import { Definition } from '../model/definition.ts';
import { parseDefinitionText } from './parse-definition-text.ts';
import { renderYaml } from './render-yaml.ts';

const source = `# Tells sales about large orders
name: order-alert   # shown in lists

nodes:
  # Where orders come in
  - { id: hook, type: trigger.webhook, params: { method: POST } }
  - id: fetch
    type: data.set
    # keep this URL quoted
    params:
      values:
        url: "https://shop.example/{{ input.id }}"   # by id
        text: |
          two
          lines
    retry: { maxAttempts: 4, factor: 2 }
  - id: old
    type: data.set
    params: { values: {} }
edges:
  - { from: hook, to: fetch }   # first
  - { from: fetch, to: old }
settings: {}
`;

function definitionOf(text: string): Definition {
  const parsed = parseDefinitionText(text, 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return Definition.parse(parsed.value);
}

describe('renderYaml', () => {
  it('returns the source as it is where nothing changed, defaults filled in or not', () => {
    expect(renderYaml(definitionOf(source), { source })).toBe(source);
  });

  it('keeps comments, order and quoting around a change', () => {
    const definition = definitionOf(source);
    const [hook, fetch] = definition.nodes;
    if (!hook || !fetch) throw new Error('expected two nodes');
    const changed: Definition = {
      ...definition,
      name: 'order-watch',
      nodes: [
        hook,
        { id: 'fresh', type: 'data.transform', params: { expression: '{{ input }}' } },
        { ...fetch, params: { values: { url: 'https://other.example/{{ input.id }}', text: 'two\nlines\n', n: 1 } } },
      ],
      edges: [
        { from: 'hook', to: 'fresh' },
        { from: 'fresh', to: 'fetch' },
        { from: 'hook', to: 'fetch' },
      ],
    };
    const text = renderYaml(changed, { source });
    expect(definitionOf(text)).toEqual(changed);
    for (const kept of [
      '# Tells sales about large orders\n',
      'name: order-watch # shown in lists',
      '# Where orders come in\n',
      '{ id: hook, type: trigger.webhook, params: { method: POST } }',
      '# keep this URL quoted\n',
      'url: "https://other.example/{{ input.id }}" # by id',
      'text: |\n',
      'retry: { maxAttempts: 4, factor: 2 }',
      '{ from: hook, to: fetch } # first',
      'settings: {}',
    ]) {
      expect(text).toContain(kept);
    }
    expect(text).not.toContain('id: old');
  });

  it('writes what a person would write: no defaults, one line per edge and position', () => {
    const definition = Definition.parse({
      name: 'n',
      nodes: [
        { id: 'a', type: 'trigger.manual', position: { x: 1, y: 2 } },
        {
          id: 'b',
          type: 'data.set',
          params: { values: { edges: [{ from: 'x' }], yes: 'no', n: '5' } },
          retry: { maxAttempts: 2 },
        },
      ],
      edges: [{ from: 'a', to: 'b' }],
    });
    const text = renderYaml(definition);
    expect(definitionOf(text)).toEqual(definition);
    expect(text).toContain('  - { from: a, to: b }\n');
    expect(text).toContain('position: { x: 1, y: 2 }');
    expect(text).not.toMatch(/settings|jitter|params: \{ *\}/);
  });

  it('a changed value does not show where an alias repeated it', () => {
    const aliased = `name: n
nodes:
  - { id: a, type: trigger.manual }
  - { id: b, type: data.set, params: &p { values: { x: 1 } } } # base
  - { id: c, type: data.set, params: *p }
edges:
  - { from: a, to: b }
  - { from: b, to: c }
`;
    const definition = definitionOf(aliased);
    const nodes = definition.nodes.map((node) => (node.id === 'b' ? { ...node, params: { values: { x: 2 } } } : node));
    const text = renderYaml({ ...definition, nodes }, { source: aliased });
    expect(definitionOf(text).nodes.map((node) => node.params)).toEqual([{}, { values: { x: 2 } }, { values: { x: 1 } }]);
    expect(text).toContain('# base');
  });

  it('falls back to a fresh text where the source is broken or no map', () => {
    const definition = definitionOf(source);
    for (const broken of ['a: [', '- a', '', 'a: !foo 1'])
      expect(renderYaml(definition, { source: broken })).toBe(renderYaml(definition));
  });

  it('values of another kind replace each other', () => {
    const definition = definitionOf(source);
    const nodes = definition.nodes.map((node) =>
      node.id === 'fetch' ? { ...node, params: { values: { url: [1], text: { a: null } } } } : node,
    );
    expect(definitionOf(renderYaml({ ...definition, nodes }, { source }))).toEqual({ ...definition, nodes });
  });
});
