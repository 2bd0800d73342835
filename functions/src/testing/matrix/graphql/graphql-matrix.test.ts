/** The matrix of rest-matrix.test.ts for the SDL: every field of Query, Mutation and Subscription x every role and key x own and foreign organization x bad tokens. */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { GraphQLField } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraphqlSchema } from '../../../api/graphql/graphql-schema.ts';
import type { Answered } from '../../api-fixture.ts';
import { settled } from '../../fake-clock.ts';
import { selectEvery } from '../../select-every.ts';
import { isAllowed } from '../ask-cell.ts';
import { type Caller, createKey } from '../callers.ts';
import type { Tenant } from '../tenant.ts';
import { createWorld, type World } from '../world.ts';
import { firstOfStream } from './first-of-stream.ts';
import type { GraphqlRow } from './graphql-row.ts';
import {
  accountRows,
  batchRows,
  installationRows,
  mutationRows,
  organizationRows,
  queryRows,
  subscriptionRows,
  workRows,
} from './graphql-rows.ts';
import { selectAll, selectOutcome } from './select-all.ts';

type Kind = 'query' | 'mutation' | 'subscription';
type Field = {
  readonly kind: Kind;
  readonly name: string;
  readonly row: GraphqlRow;
  readonly all: string;
  readonly outcome: string;
  /** All that is below it, as deep as it goes. */
  readonly whole: string;
  /** Its arguments, of the first organization: made once. */
  readonly args: string;
};

/** How a field answered: `found` it or did it, `nothing` (null, or lists without an entry), or the code of its refusal. */
type Outcome = 'found' | 'nothing' | 'FORBIDDEN' | 'NOT_FOUND' | 'UNAUTHENTICATED' | (string & {});

const rows: Readonly<Record<Kind, Readonly<Record<string, GraphqlRow>>>> = {
  query: queryRows,
  mutation: { ...mutationRows, ...organizationRows, ...accountRows, ...installationRows, ...workRows, ...batchRows },
  subscription: subscriptionRows,
};

const schema = createGraphqlSchema();
let world: World;
let fields: readonly Field[];
let missing: readonly string[];
let cells = 0;

beforeAll(async () => {
  world = await createWorld();
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  const all = roots.flatMap(([kind, type]) => Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field })));
  missing = all.filter(({ kind, field }) => rows[kind][field.name] === undefined).map(({ field }) => field.name);
  const filled: Field[] = [];
  for (const { kind, field } of all) filled.push(...(await fieldOf(kind, field)));
  fields = filled;
  await settled();
});

async function fieldOf(kind: Kind, field: GraphQLField<unknown, unknown>): Promise<readonly Field[]> {
  const row = rows[kind][field.name];
  if (row === undefined) return [];
  return [
    {
      kind,
      name: field.name,
      row,
      all: selectAll(field.type),
      outcome: selectOutcome(field.type),
      whole: selectEvery(schema, field.type, ['Mutation']),
      args: await argsOf(row, world.home),
    },
  ];
}

async function ask(
  field: Field,
  selection: string,
  args: string,
  authorization: string | null,
  headers: Record<string, string> = {},
): Promise<Answered> {
  cells += 1;
  const query = `${field.kind} { ${field.name}${args} ${selection} }`;
  const sent = { ...headers, authorization };
  if (field.kind === 'subscription') return firstOfStream(world.fixture, query, sent);
  return world.fixture.call('POST', '/graphql', { query }, sent);
}

const argsOf = async (row: GraphqlRow, tenant: Tenant): Promise<string> => (await row.args?.(tenant, cells)) ?? '';
const bearer = ({ token }: Caller) => `Bearer ${token}`;

function outcomeOf({ name, kind }: Field, { body, status }: Answered): Outcome {
  const errors: readonly JsonValue[] = Array.isArray(body.errors) ? body.errors : [];
  const own = errors.filter(isJsonObject).find(({ path }) => !Array.isArray(path) || path.length === 1);
  if (own !== undefined) return isJsonObject(own.extensions) ? String(own.extensions.code) : `an error without a code: ${status}`;
  const value = isJsonObject(body.data) ? body.data[name] : undefined;
  if (kind === 'subscription' && status === 200) return 'found';
  if (value === undefined) return `no data: ${status}`;
  if (kind === 'mutation') return refusalOf(value) ?? 'found';
  return isNothing(value) ? 'nothing' : 'found';
}

/** A mutation's typed error, or that of the one item of many. */
function refusalOf(value: JsonValue): string | null {
  const one = Array.isArray(value) ? value[0] : value;
  if (!isJsonObject(one)) return null;
  const inner = Object.entries(one).find(([key]) => /(^|_)result$/.test(key))?.[1];
  const typed = isJsonObject(inner) ? inner : one;
  const code = Object.entries(typed).find(([key]) => key.endsWith('Error_code'))?.[1];
  return typeof code === 'string' ? code : null;
}

function isNothing(value: JsonValue): boolean {
  return value === null || (Array.isArray(value) && value.every((one) => one === null));
}

test('every field has a row, and every row a field', () => {
  expect(missing, 'add to functions/src/testing/matrix/graphql/graphql-rows.ts: its action and its arguments').toEqual([]);
  const known = new Set(fields.map(({ kind, name }) => `${kind} ${name}`));
  const described = Object.entries(rows).flatMap(([kind, of]) => Object.keys(of).map((name) => `${kind} ${name}`));
  expect(described.filter((name) => !known.has(name))).toEqual([]);
});

test('nobody comes in without a token that is good', async () => {
  const before = world.stored();
  const wrong: string[] = [];
  for (const field of fields) {
    for (const [name, authorization] of Object.entries(world.bad)) {
      const outcome = outcomeOf(field, await ask(field, field.outcome, field.args, authorization));
      if (outcome !== 'UNAUTHENTICATED') wrong.push(`${field.name} with ${name}: ${outcome}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(world.stored()).toBe(before);
});

test('a stranger finds nothing of another organization, whatever their role in their own', async () => {
  const wrong: string[] = [];
  const before = world.stored();
  for (const field of fields) {
    const { args } = field;
    for (const caller of field.row.throwaway === undefined ? world.strangers : []) {
      const answer = await ask(field, field.all, args, bearer(caller));
      const outcome = outcomeOf(field, answer);
      const isRight =
        !isAllowed(field.row, caller) || field.row.installation === true
          ? outcome === 'FORBIDDEN' || (field.row.names === true && outcome === 'NOT_FOUND')
          : field.row.names !== true || ['nothing', 'NOT_FOUND'].includes(outcome);
      if (!isRight || answer.text.includes(world.home.canary))
        wrong.push(`${field.name} as foreign ${caller.name}: ${outcome} ${answer.text.slice(0, 200)}`);
    }
    const owner = world.strangers[0];
    if (owner === undefined) continue;
    const elsewhere = outcomeOf(field, await ask(field, field.all, args, bearer(owner), { 'x-organization-id': world.home.org }));
    if (elsewhere !== 'NOT_FOUND') wrong.push(`${field.name} with a foreign X-Organization-Id: ${elsewhere}`);
  }
  expect(wrong).toEqual([]);
  expect(world.stored()).toBe(before);
});

describe('a member', () => {
  test('may do what the table of permissions says for their role and key, and nothing else', async () => {
    const wrong: string[] = [];
    for (const field of fields) {
      const { action, throwaway } = field.row;
      const isOwn = action === 'signed-in' || action === 'account' || throwaway !== undefined;
      const scoped = isOwn ? [] : (world.scoped.get(action) ?? []);
      for (const caller of [...world.callers, ...scoped]) {
        const fault = await faultOf(field, caller);
        if (fault !== null) wrong.push(fault);
      }
    }
    expect(wrong).toEqual([]);
  });
});

async function faultOf(field: Field, caller: Caller): Promise<string | null> {
  const { row, name } = field;
  const allowed = isAllowed(row, caller);
  const passing = allowed ? await row.throwaway?.(world.fixture, world.home, caller) : undefined;
  const args =
    passing?.params === undefined ? undefined : await row.args?.({ ...world.home, org: passing.params.id ?? '' }, cells);
  const answer = await ask(
    field,
    field.outcome,
    args ?? (allowed ? await argsOf(row, world.home) : field.args),
    passing === undefined ? bearer(caller) : `Bearer ${passing.token}`,
  );
  const outcome = outcomeOf(field, answer);
  const isDone = outcome === 'found' || row.success?.includes(outcome) === true || (row.names !== true && outcome === 'nothing');
  const isRight = allowed ? isDone : outcome === 'FORBIDDEN';
  return isRight ? null : `${name} as ${caller.name}: ${outcome} ${answer.text.slice(0, 300)}`;
}

test('what a mutation has done it says, however little of it a key may read', async () => {
  const wrong: string[] = [];
  const { fixture, home } = world;
  for (const field of fields.filter(({ kind, row }) => kind === 'mutation' && row.throwaway === undefined)) {
    const { row, name } = field;
    const scopes = [row.action, ...(row.also ?? [])].filter((one) => one !== 'signed-in' && one !== 'account');
    if (scopes.length === 0) continue;
    const authorization = `Bearer ${await createKey(fixture, home.org, home.owner, { role: 'owner', scopes })}`;
    const answer = await ask(field, field.whole, await argsOf(row, home), authorization);
    const outcome = outcomeOf(field, answer);
    const isSaid = outcome === 'found' || row.success?.includes(outcome) === true;
    if (!isSaid || !isJsonObject(answer.body.data)) wrong.push(`${name}: ${outcome} ${answer.text.slice(0, 300)}`);
  }
  expect(wrong).toEqual([]);
});
