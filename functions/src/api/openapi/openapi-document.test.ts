/** What a reader, a linter and a client generator expect of the document; the examples are held against their schemas. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { operationId } from './operation-id.ts';

type Operation = { readonly label: string; readonly path: string; readonly operation: JsonObject };

let document: JsonObject;
let operations: readonly Operation[];

const objectAt = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

beforeAll(async () => {
  document = (await (await createApiFixture()).call('GET', '/openapi.json')).body;
  operations = Object.entries(objectAt(document.paths)).flatMap(([path, item]) =>
    Object.entries(objectAt(item)).map(([method, operation]) => ({
      ...{ label: `${method} ${path}`, path, operation: objectAt(operation) },
    })),
  );
});

/** Media types of a body or an answer that have a schema. */
const mediaOf = (holder: JsonValue | undefined): readonly JsonObject[] =>
  Object.values(objectAt(objectAt(holder).content))
    .map(objectAt)
    .filter(({ schema }) => schema !== undefined);

test('every operation has a name of its own, a tag that is described, a summary and an answer that succeeds', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = new Map((document.tags as JsonObject[]).map(({ name, description }) => [name, description]));
  for (const { label, operation } of operations) {
    expect([label, operation.operationId]).toEqual([label, expect.stringMatching(/^[a-z][A-Za-z]+$/)]);
    expect([label, operation.summary]).toEqual([label, expect.stringMatching(/^\S.{3,}[^.]$/)]);
    for (const tag of operation.tags as string[]) expect([tag, tags.get(tag)]).toEqual([tag, expect.stringMatching(/\w/)]);
    const statuses = Object.keys(objectAt(operation.responses));
    expect([label, statuses.some((status) => /^[23]/.test(status))]).toEqual([label, true]);
    for (const status of ['429', '500']) expect([label, statuses.includes(status)]).toEqual([label, true]);
    for (const [status, answer] of Object.entries(objectAt(operation.responses)))
      expect([label, status, objectAt(answer).description]).toEqual([label, status, expect.stringMatching(/\w/)]);
  }
});

test('path parameters are those of the path, and references lead somewhere', () => {
  for (const { label, path, operation } of operations) {
    const named = (operation.parameters as JsonObject[])
      .filter((one) => one.in === 'path')
      .map(({ name }) => `{${String(name)}}`);
    expect([label, named.toSorted()]).toEqual([label, (path.match(/\{\w+\}/g) ?? []).toSorted()]);
  }
  const schemas = objectAt(objectAt(document.components).schemas);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.filter((name) => !Object.hasOwn(schemas, name ?? ''))).toEqual([]);
});

test('every parameter beside those of the path says what it does', () => {
  const silent = operations.flatMap(({ label, operation }) =>
    (operation.parameters as JsonObject[])
      .filter((one) => one.in !== 'path' && one.description === undefined)
      .map(({ name }) => `${label} ${String(name)}`),
  );
  expect(silent).toEqual([]);
});

test('every body and every answer has an example, and it fits its schema', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'document', components: document.components });
  const validators = new Map<string, ReturnType<typeof ajv.compile>>();
  const validatorOf = (schema: JsonValue) => {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
    const validate = validators.get(text) ?? ajv.compile(JSON.parse(text));
    validators.set(text, validate);
    return validate;
  };
  const faults: string[] = [];
  for (const { label, operation } of operations) {
    const holders = [['body', operation.requestBody] as const, ...Object.entries(objectAt(operation.responses))];
    for (const [where, holder] of holders) {
      for (const { schema, example } of mediaOf(holder)) {
        // the schema of problems has its own
        if (objectAt(schema).$ref === '#/components/schemas/Problem') continue;
        if (example === undefined) faults.push(`${label} ${where} has no example`);
        const validate = validatorOf(schema ?? {});
        if (!validate(example))
          faults.push(`${label} ${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(example)}`);
      }
    }
  }
  expect(faults).toEqual([]);
});

test('only what is public needs nobody; all else names its schemes and how it refuses', () => {
  const schemes = Object.keys(objectAt(objectAt(document.components).securitySchemes));
  expect(schemes).toEqual(['bearer', 'organization']);
  for (const { label, operation } of operations) {
    const statuses = Object.keys(objectAt(operation.responses));
    if (operation.security === undefined) expect([label, statuses]).toEqual([label, expect.arrayContaining(['401', '403'])]);
    else expect([label, operation.security]).toEqual([label, []]);
  }
});

test.each([
  ['get', '/v1/things', 'listThings'],
  ['post', '/v1/things', 'createThing'],
  ['get', '/v1/things/{id}', 'getThing'],
  ['put', '/v1/things/{id}', 'updateThing'],
  ['patch', '/v1/things/{id}', 'changeThing'],
  ['delete', '/v1/things/{id}', 'deleteThing'],
  ['post', '/v1/things/{id}/open', 'openThing'],
  ['get', '/v1/things/{id}/policies/{name}', 'getThingPolicy'],
  ['get', '/v1/small-things/{id}/parts', 'listSmallThingParts'],
] as const)('%s %s is called %s', (method, path, name) => {
  expect(operationId(method, path)).toBe(name);
});
