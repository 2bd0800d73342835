/** Requests to one operation: from what a careful client sends to what nobody should. Ids are names of things, filled in when it is sent. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import fc from 'fast-check';
import { hostileText } from './hostile-values.ts';
import { mutated } from './mutate.ts';
import { schemaArbitrary } from './schema-arbitrary.ts';

export type FuzzRequest = {
  readonly method: string;
  /** As in the document. */
  readonly path: string;
  /** By the name in braces; null = something that is there. */
  readonly params: Readonly<Record<string, string | null>>;
  /** After the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

const operationWeights = { valid: 4, mutated: 5, hostile: 1 };

export function requestArbitrary(
  document: JsonObject,
  path: string,
  method: string,
  operation: JsonObject,
): fc.Arbitrary<FuzzRequest> {
  const parameters = Array.isArray(operation.parameters) ? operation.parameters.filter(isJsonObject) : [];
  const named = (place: string) => parameters.filter((one) => one.in === place);
  const params = Object.fromEntries(
    named('path').map(({ name }) => [
      String(name),
      fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: hostileText }),
    ]),
  );
  return fc
    .record({
      method: fc.constant(method.toUpperCase()),
      path: fc.constant(path),
      params: fc.record(params),
      query: queryOf(document, named('query')),
      headers: headersOf(named('header').map(({ name }) => String(name).toLowerCase())),
      body: bodyOf(document, operation.requestBody),
    })
    .chain((request) => fc.constant(withContentType(request)).chain(wrongType));
}

function queryOf(document: JsonObject, parameters: readonly JsonObject[]): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema }) => {
    const value = fc.oneof(
      { weight: 3, arbitrary: schemaArbitrary(document, schema).map(textOf) },
      { weight: 1, arbitrary: hostileText },
    );
    return fc.option(
      value.map((text) => `${encodeURIComponent(String(name))}=${encoded(text)}`),
      { freq: 2 },
    );
  });
  const known = fc.tuple(...pairs).map((all) => all.filter((pair) => pair !== null).join('&'));
  const strange = fc.tuple(hostileText, hostileText).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const raw = fc.constantFrom('%', '%E0%A4%A', '%ff=%fe', '&&==', 'limit=1&limit=2', '__proto__[x]=1', 'a[]=1', '%00', '+', ';');
  return fc.oneof({ weight: 12, arbitrary: known }, { weight: 1, arbitrary: strange }, { weight: 1, arbitrary: raw });
}

const usual = [
  'accept',
  'prefer',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'x-request-id',
  'x-organization-id',
  'origin',
  'range',
  'traceparent',
  'content-encoding',
  'x-http-method-override',
  'last-event-id',
  'ce-type',
  'ce-id',
  'x-forwarded-for',
  'cookie',
];

function headersOf(own: readonly string[]): fc.Arbitrary<Readonly<Record<string, string>>> {
  const name = fc.constantFrom(...usual, ...own, ...own);
  const value = fc.oneof(
    hostileText,
    fc.constantFrom(
      '*',
      '*/*',
      'application/json',
      'text/event-stream',
      'application/yaml',
      'wait=1',
      '"1"',
      '"v1-1"',
      'k1',
      'bytes=0-1',
      '1.0',
    ),
  );
  const few = fc.dictionary(name, value.filter(isHeaderValue), { maxKeys: 2 });
  return fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: few });
}

/** What fetch can send at all. */
function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function bodyOf(document: JsonObject, requestBody: JsonValue | undefined): fc.Arbitrary<string | null> {
  const content = isJsonObject(requestBody) && isJsonObject(requestBody.content) ? requestBody.content : {};
  const json = content['application/json'];
  // a body where none is asked for, now and then
  if (!isJsonObject(json)) return rarely(fc.constantFrom('{}', 'null', 'x'));
  const valid = fc.oneof(schemaArbitrary(document, json.schema), schemaArbitrary(document, json.schema), definitions);
  const text = (value: fc.Arbitrary<JsonValue>) => value.map((one) => JSON.stringify(one));
  return fc.oneof(
    { weight: operationWeights.valid, arbitrary: text(valid) },
    { weight: operationWeights.mutated, arbitrary: text(mutated(valid)) },
    { weight: operationWeights.hostile, arbitrary: fc.oneof(broken(text(valid)), hostileText, fc.constant(null)) },
  );
}

/** What many of the bodies are about: a schema alone makes hardly one that is valid. */
const definitions: fc.Arbitrary<JsonValue> = fc.tuple(fc.nat(1_000_000), fc.boolean()).map(([serial, waits]) => ({
  name: `fuzz ${serial}`,
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    waits
      ? { id: 'ask', type: 'flow.approval', params: { title: 'May it?' } }
      : { id: 'set', type: 'data.set', params: { values: { a: '{{ input }}' } } },
  ],
  edges: [{ from: 'start', to: waits ? 'ask' : 'set' }],
}));

function broken(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(200), fc.constantFrom('', '\ufeff', '\u0000', '}', ',', '{}', '//', '\\u00'))
    .map(([whole, at, what]) => {
      const cut = at % (whole.length + 1);
      return whole.slice(0, cut) + what + (at % 2 === 0 ? '' : whole.slice(cut));
    });
}

function withContentType(request: FuzzRequest): FuzzRequest {
  return request.body === null ? request : { ...request, headers: { 'content-type': 'application/json', ...request.headers } };
}

const types = [
  'application/yaml',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/problem+json',
  'json',
  ';',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
];

function wrongType(request: FuzzRequest): fc.Arbitrary<FuzzRequest> {
  if (request.body === null) return fc.constant(request);
  return rarely(fc.constantFrom(...types)).map((type) =>
    type === null ? request : { ...request, headers: { ...request.headers, 'content-type': type } },
  );
}

/** null but for one in twelve. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** encodeURIComponent throws for half a surrogate pair: such a text is sent as the bytes that it would be. */
export function encoded(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : text.toWellFormed());
}
