/**
 * Code of n8n as a script of ours: what it sees by n8n's names (`$input`, `items`, `$('A')`, `$json`) is put before it, and the items that it
 * returns become one value: the item where it is one, else a list.
 */
import type { JsonObject } from '../../model/json.ts';
import { quote } from '../js-text.ts';
import { textOf, textValue } from '../value.ts';
import type { N8nScope } from './n8n-expression.ts';
import { type N8nNode, textAt } from './n8n-graph.ts';
import type { Mapping } from './n8n-mapping.ts';

/** Reach out of the sandbox, or into n8n. */
const foreign =
  /\brequire\s*\(|\bimport\s*\(|this\.helpers|\$helpers|\bfetch\s*\(|\$getWorkflowStaticData|\$binary|\.binary\b|getBinaryDataBuffer|\bBuffer\b|\bsetTimeout\b|\$jmespath|\bDateTime\b|\$env\b/;

const python = /^python/;

export function code({ type, params }: N8nNode, scope: N8nScope): Mapping {
  const language = typeof params.language === 'string' ? params.language : 'javaScript';
  if (python.test(language))
    return offline(
      'script.python',
      textAt(params, 'pythonCode'),
      'Python of n8n sees its items by other names: adapt it, then switch it on.',
    );
  const own = textAt(params, type === 'code' ? 'jsCode' : 'functionCode');
  const reach = foreign.exec(own)?.[0];
  const text = wrapped(own, type === 'functionItem', scope);
  const reason = 'The code of n8n runs with what it knew put before it; it runs once, not once for each item.';
  if (reach === undefined) return { ...script(text), partly: reason, perItem: true };
  return {
    ...script(text),
    partly: `${reason} It uses ${reach.slice(0, 40)}, which is not there in a script: adapt it, then switch it on.`,
    off: true,
    perItem: true,
  };
}

function script(text: string): Mapping {
  return { type: 'script.javascript', params: { code: text }, out: (id) => textValue(`steps.${id}.output`), manyItems: true };
}

function offline(type: string, text: string, partly: string): Mapping {
  const params: JsonObject = { code: text };
  return { type, params, partly, off: true, out: (id) => textValue(`steps.${id}.output`) };
}

function wrapped(own: string, isItem: boolean, scope: N8nScope): string {
  const names = new Set([...own.matchAll(/\$(?:node\s*\[|\(|items\s*\()\s*(["'`])(.*?)\1/g)].map((match) => match[2] ?? ''));
  const known = [...names].flatMap((name) => {
    const value = scope.outputOf(name);
    return value === undefined ? [] : [`${quote(name)}: ${textOf(value)}`];
  });
  return [
    `const incoming = [${textOf(scope.json)}].flat().map((json) => ({ json }));`,
    `const nodes = { ${known.join(', ')} };`,
    'const itemsOf = (name) => [nodes[name]].flat().map((json) => ({ json }));',
    'const reader = (list) => ({ all: () => list, first: () => list[0], last: () => list.at(-1), item: list[0] });',
    '// The code as it was in n8n:',
    'const run = async ($input, items, item, $json, $, $node, $items, $now, $vars) => {',
    own,
    '};',
    `const result = await run(reader(incoming), incoming, ${isItem ? 'incoming[0]?.json' : 'incoming[0]'}, incoming[0]?.json, (name) => reader(itemsOf(name)),`,
    '  Object.fromEntries(Object.entries(nodes).map(([name, json]) => [name, { json }])), (name) => itemsOf(name), date.now(), vars);',
    'const plain = (one) => (one !== null && typeof one === "object" && "json" in one ? one.json : one);',
    'return Array.isArray(result) ? (result.length === 1 ? plain(result[0]) : result.map(plain)) : plain(result);',
  ].join('\n');
}
