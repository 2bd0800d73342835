/** The script of the page: asks, shows, follows streams, and lists the schema. */
export const explorerScript = `const at = (id) => document.getElementById(id);
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const [token, organization, query, variables, run, stop, status, result, find, schema] =
  ['token', 'organization', 'query', 'variables', 'run', 'stop', 'status', 'result', 'find', 'schema'].map(at);
for (const field of [token, organization]) {
  field.value = sessionStorage.getItem('graphql-' + field.id) ?? '';
  field.addEventListener('change', () => sessionStorage.setItem('graphql-' + field.id, field.value.trim()));
}
at('caller').addEventListener('submit', (event) => event.preventDefault());

const headers = (accept) => ({
  'content-type': 'application/json',
  accept,
  ...(token.value.trim() ? { authorization: 'Bearer ' + token.value.trim() } : {}),
  ...(organization.value.trim() ? { 'x-organization-id': organization.value.trim() } : {}),
});
const ask = (body, accept, signal) =>
  fetch('/graphql', { method: 'POST', headers: headers(accept), body: JSON.stringify(body), signal });
const show = (value) => {
  result.textContent = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};

// each event of a stream is added below the ones before
const follow = async (response) => {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  result.textContent = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\\n\\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split('\\n').find((line) => line.startsWith('data: '));
      if (data) result.append(JSON.stringify(JSON.parse(data.slice(6)), null, 2) + '\\n');
    }
  }
};

let abort = null;
const start = async () => {
  abort?.abort();
  abort = new AbortController();
  stop.disabled = false;
  status.textContent = 'Running.';
  const began = performance.now();
  try {
    const body = { query: query.value, ...(variables.value.trim() ? { variables: JSON.parse(variables.value) } : {}) };
    const isStream = /^\\s*subscription\\b/m.test(query.value);
    const response = await ask(body, isStream ? 'text/event-stream' : 'application/graphql-response+json, application/json', abort.signal);
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) await follow(response);
    else show(await response.json());
    status.textContent = response.status + ' in ' + Math.round(performance.now() - began) + ' ms';
    if (response.ok) loadSchema();
  } catch (error) {
    status.textContent = error.name === 'AbortError' ? 'Stopped.' : String(error.message);
  } finally {
    stop.disabled = true;
  }
};
run.addEventListener('click', start);
stop.addEventListener('click', () => abort?.abort());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start();
});

const introspection = \`{ __schema { types { name kind description
  fields { name description args { name type { ...T } } type { ...T } }
  inputFields { name description type { ...T } } enumValues { name description } possibleTypes { name } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }\`;
const typeOf = (type) =>
  type.kind === 'NON_NULL' ? typeOf(type.ofType) + '!' : type.kind === 'LIST' ? '[' + typeOf(type.ofType) + ']' : type.name;
const argsOf = (field) =>
  field.args?.length ? '(' + field.args.map((arg) => arg.name + ': ' + typeOf(arg.type)).join(', ') + ')' : '';

let types = null;
const loadSchema = async () => {
  if (types) return;
  const response = await ask({ query: introspection }, 'application/json');
  const answer = await response.json();
  if (!answer.data) return;
  types = answer.data.__schema.types.filter(({ name, kind }) => !name.startsWith('__') && kind !== 'SCALAR');
  const rank = (type) => ['Query', 'Mutation', 'Subscription', type.name].indexOf(type.name);
  types.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  list();
};
const list = () => {
  if (!types) return;
  const needle = find.value.trim().toLowerCase();
  schema.replaceChildren();
  for (const type of types) {
    const members = [
      ...(type.fields ?? []).map((field) => [field.name + argsOf(field) + ': ' + typeOf(field.type), field.description]),
      ...(type.inputFields ?? []).map((field) => [field.name + ': ' + typeOf(field.type), field.description]),
      ...(type.enumValues ?? []).map((value) => [value.name, value.description]),
      ...(type.kind === 'UNION' ? type.possibleTypes.map(({ name }) => [name, null]) : []),
    ];
    const wanted = type.name.toLowerCase().includes(needle) ? members : members.filter(([text]) => text.toLowerCase().includes(needle));
    if (wanted.length === 0) continue;
    const rows = wanted.flatMap(([text, about]) => [
      element('dt', { textContent: text }),
      ...(about ? [element('dd', { textContent: about })] : []),
    ]);
    schema.append(element('h2', { textContent: type.kind.toLowerCase() + ' ' + type.name }), element('dl', {}, ...rows));
  }
};
find.addEventListener('input', list);
if (token.value) loadSchema();
`;
