/**
 * The documentation page: one list of operations out of /openapi.json, rendered by a small script of ours, so that it needs no other
 * host and fits a strict Content-Security-Policy. Everything from the document is set as text, never as markup.
 */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AutomateOS API</title>
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<a class="skip" href="#operations">Skip to the operations</a>
<header>
<h1>AutomateOS API</h1>
<p id="about"></p>
<p><a href="/openapi.json">openapi.json</a> (OpenAPI 3.1)</p>
<label for="filter">Find an operation</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false">
<p id="count" role="status"></p>
</header>
<main id="operations"><p>Loading.</p></main>
<noscript><p>This page needs JavaScript; the document itself is at /openapi.json.</p></noscript>
<script src="/docs/page.js" type="module"></script>
</body>
</html>
`;

export const docsStyle = `:root { color-scheme: light dark; --ink: #1b2626; --soft: #5a6767; --line: #d8dfde; --ground: #fbfcfc; --accent: #0b6165; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4ebea; --soft: #9aa8a7; --line: #2e3b3b; --ground: #121918; --accent: #6cc5c8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 6rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 0.85rem; margin: 1rem 0 0.25rem; color: var(--soft); }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0.5rem; }
label { display: block; margin-top: 1rem; color: var(--soft); }
input { width: 100%; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 6px; }
section > details { border-top: 1px solid var(--line); }
summary { display: flex; flex-wrap: wrap; gap: 0 0.75rem; padding: 0.5rem 0; cursor: pointer; align-items: baseline; }
.method { font: 600 12px ui-monospace, monospace; width: 3.5rem; text-transform: uppercase; color: var(--accent); }
code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow: auto; margin: 0; padding: 0.75rem; border: 1px solid var(--line); border-radius: 6px; max-height: 30rem; }
.about { color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
th, td { overflow-wrap: anywhere; text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-top: 1px solid var(--line); font-weight: 400; }
td { min-width: 4.5rem; }
`;

export const docsScript = `const main = document.getElementById('operations');
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const response = await fetch('/openapi.json');
const spec = await response.json();
// what stands between backticks is code
const worded = (name, text, properties = {}) =>
  element(name, properties, ...text.split('\u0060').map((part, at) => (at % 2 ? element('code', { textContent: part }) : part)));
document.getElementById('about').replaceWith(worded('p', spec.info.description));

// follows references, each once per path, so that recursive schemas end
const resolve = (value, seen = []) => {
  if (Array.isArray(value)) return value.map((item) => resolve(item, seen));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') {
    const name = value.$ref.split('/').at(-1);
    return seen.includes(name) ? { type: name } : resolve(spec.components.schemas[name] ?? {}, [...seen, name]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, resolve(child, seen)]));
};
const typeOf = (schema) => {
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return typeOf(schema.items ?? {}) + '[]';
  return schema.format ? schema.type + ' (' + schema.format + ')' : (schema.type ?? 'any');
};
const block = (text) => element('pre', { tabIndex: 0, textContent: text });
const schemaBlock = (schema) => block(JSON.stringify(resolve(schema), null, 2));
const contentBlocks = (content = {}) =>
  Object.entries(content).flatMap(([media, { schema, example }]) => [
    element('p', { className: 'about' }, element('code', { textContent: media })),
    ...(example === undefined ? [] : [block(typeof example === 'string' ? example : JSON.stringify(example, null, 2))]),
    ...(schema ? [element('details', {}, element('summary', { className: 'about' }, 'Schema'), schemaBlock(schema))] : []),
  ]);

const renderOperation = (details, path, method, operation) => {
  const parts = [];
  if (operation.description) parts.push(worded('p', operation.description));
  const permission = operation['x-permission'];
  const needs = { public: undefined, account: 'Needs a session.', 'signed-in': 'Needs a session or any API key.' };
  const needed = permission in needs ? needs[permission] : 'Needs the permission \u0060' + permission + '\u0060.';
  if (needed) parts.push(worded('p', needed, { className: 'about' }));
  if (operation.security?.length === 0) parts.push(element('p', { className: 'about', textContent: 'Needs no token.' }));
  if (operation.parameters.length > 0) {
    const rows = operation.parameters.map((parameter) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, element('code', { textContent: parameter.name })),
        element('td', { textContent: parameter.in + (parameter.required ? ', required' : '') }),
        element('td', { textContent: typeOf(parameter.schema) }),
        worded('td', parameter.description ?? '', { className: 'about' }),
      ),
    );
    parts.push(element('h3', { textContent: 'Parameters' }), element('table', {}, element('tbody', {}, ...rows)));
  }
  if (operation.requestBody) parts.push(element('h3', { textContent: 'Body' }), ...contentBlocks(operation.requestBody.content));
  for (const [status, answer] of Object.entries(operation.responses)) {
    parts.push(worded('h3', status + ' ' + answer.description));
    if (status < '400') parts.push(...contentBlocks(answer.content));
  }
  details.append(...parts);
};

const all = [];
main.replaceChildren();
for (const { name, description = '' } of spec.tags) {
  const section = element('section', {}, element('h2', { textContent: name }), worded('p', description, { className: 'about' }));
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] !== name) continue;
      const details = element(
        'details',
        { id: operation.operationId },
        element(
          'summary',
          {},
          element('span', { className: 'method', textContent: method }),
          element('code', { textContent: path }),
          element('span', { className: 'about', textContent: operation.summary }),
        ),
      );
      details.addEventListener('toggle', () => renderOperation(details, path, method, operation), { once: true });
      all.push({ details, section, text: (method + ' ' + path + ' ' + operation.summary).toLowerCase() });
      section.append(details);
    }
  }
  main.append(section);
}

const filter = document.getElementById('filter');
const show = () => {
  const needle = filter.value.trim().toLowerCase();
  for (const { details, text } of all) details.hidden = !text.includes(needle);
  for (const { section } of all) section.hidden = all.every((one) => one.section !== section || one.details.hidden);
  document.getElementById('count').textContent = all.filter(({ details }) => !details.hidden).length + ' operations';
};
filter.addEventListener('input', show);
show();
const target = document.getElementById(location.hash.slice(1));
if (target instanceof HTMLDetailsElement) target.open = true;
`;
