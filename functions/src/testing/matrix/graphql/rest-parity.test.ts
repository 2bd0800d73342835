import { type GraphQLSchema, isObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { createGraphqlSchema } from '../../../api/graphql/graphql-schema.ts';
import { createApiFixture } from '../../api-fixture.ts';
import { operationsOf } from '../../every-route.ts';
import { graphqlOnly, restParity } from './rest-parity.ts';

const schema: GraphQLSchema = createGraphqlSchema();
let operations: readonly string[];

beforeAll(async () => {
  const { call } = await createApiFixture();
  operations = operationsOf((await call('GET', '/openapi.json')).body).map(({ id }) => id);
});

test('every operation of REST is a field of GraphQL, or REST alone has it for a reason that is written down', () => {
  const undecided = operations.filter((id) => restParity[id] === undefined);
  expect(undecided, 'decide in functions/src/testing/matrix/graphql/rest-parity.ts: a field, or the reason for none').toEqual([]);
  expect(
    Object.keys(restParity).filter((id) => !operations.includes(id)),
    'no such operation',
  ).toEqual([]);
});

test('the fields are there', () => {
  const named = Object.values(restParity).flatMap((one) => ('fields' in one ? one.fields : []));
  const missing = [...named, ...graphqlOnly].filter((name) => {
    const [typeName = '', field = ''] = name.split('.');
    const type = schema.getType(typeName);
    return !isObjectType(type) || type.getFields()[field] === undefined;
  });
  expect(missing).toEqual([]);
});

test('no field of a root does what REST cannot', () => {
  const named = new Set(Object.values(restParity).flatMap((one) => ('fields' in one ? one.fields : [])));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`));
  expect(fields.filter((field) => !named.has(field) && !graphqlOnly.includes(field))).toEqual([]);
});
