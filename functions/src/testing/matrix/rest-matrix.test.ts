/**
 * Every operation of the OpenAPI document x every role x session and API key x own and foreign organization x every token that must open
 * nothing. Who may do what is the permission table's word (app/auth/permissions.ts), how an operation is asked stands in rows.ts.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Operation, operationsOf } from '../every-route.ts';
import { settled } from '../fake-clock.ts';
import { askCell, type Cell, isAllowed, isSuccess } from './ask-cell.ts';
import type { Caller } from './callers.ts';
import type { Params, Row } from './row.ts';
import { rows } from './rows.ts';
import { createWorld, type World } from './world.ts';

type Filled = { readonly operation: Operation; readonly row: Row; readonly params: Params };

let world: World;
let operations: readonly Operation[];
/** With the ids of things that are there. */
let filled: readonly Filled[];

beforeAll(async () => {
  world = await createWorld();
  operations = operationsOf((await world.fixture.call('GET', '/openapi.json')).body);
  const all: Filled[] = [];
  for (const operation of operations) {
    const row = rows[operation.id];
    if (row !== undefined) all.push({ operation, row, params: (await row.params?.(world.home)) ?? {} });
  }
  filled = all;
});

const bearer = (caller: Caller) => `Bearer ${caller.token}`;
const label = ({ operation }: Filled, who: string) => `${operation.method} ${operation.path} as ${who}`;

test('every operation has a row, and every row an operation', () => {
  const missing = operations
    .filter(({ id }) => rows[id] === undefined)
    .map(({ id, method, path }) => `${id} (${method} ${path})`);
  expect(missing, 'add to functions/src/testing/matrix/rows.ts what it needs: its action, its params, its body').toEqual([]);
  expect(operations.length, 'two operations of one name').toBe(new Set(operations.map(({ id }) => id)).size);
  const ids = new Set(operations.map(({ id }) => id));
  expect(
    Object.keys(rows).filter((id) => !ids.has(id)),
    'rows without an operation',
  ).toEqual([]);
  for (const { id, path } of operations) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect([id, Object.keys(filled.find(({ operation }) => operation.id === id)?.params ?? {})]).toEqual([id, names]);
  }
});

describe('nobody', () => {
  test('comes in without a token that is good, and the answer is the same for every operation', async () => {
    const before = world.stored();
    for (const one of filled.filter(({ row }) => row.action !== 'public')) {
      for (const [name, authorization] of Object.entries(world.bad)) {
        const answer = await askCell(world.fixture, { ...one, tenant: world.home, authorization });
        expect([label(one, name), answer.status, answer.body.code]).toEqual([label(one, name), 401, 'UNAUTHENTICATED']);
        expect(answer.text).not.toContain(world.home.canary);
      }
    }
    expect(world.stored()).toBe(before);
  });

  test('is told more or less by a public operation for a token that is not good', async () => {
    for (const one of filled.filter(({ row }) => row.action === 'public')) {
      for (const [name, authorization] of Object.entries(world.bad)) {
        const answer = await askCell(world.fixture, { ...one, tenant: world.home, authorization });
        expect([label(one, name), isSuccess(one.row, answer.status), answer.status]).toEqual([
          label(one, name),
          true,
          answer.status,
        ]);
      }
    }
  });
});

describe('a stranger', () => {
  test('finds nothing of another organization, whatever their role in their own', async () => {
    const before = world.stored();
    const wrong: string[] = [];
    for (const one of filled.filter(({ row }) => row.action !== 'public' && row.throwaway === undefined)) {
      for (const caller of world.strangers) {
        const cell: Cell = { ...one, tenant: world.foreign, authorization: bearer(caller) };
        const answer = await askCell(world.fixture, cell);
        if (isSuccess(one.row, answer.status)) await one.row.after?.(world.foreign, answer);
        const isRight = isStrangersAnswer(one, caller, answer.status) && !answer.text.includes(world.home.canary);
        if (!isRight) wrong.push(`${label(one, `foreign ${caller.name}`)}: ${answer.status} ${answer.text.slice(0, 300)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(world.stored()).toBe(before);
  });

  test('cannot choose an organization that is not theirs', async () => {
    const before = world.stored();
    const wrong: string[] = [];
    for (const one of filled.filter(({ row }) => row.action !== 'public' && row.action !== 'account')) {
      for (const caller of world.strangers.filter(({ role }) => role === 'owner')) {
        for (const [organization, status] of [
          [world.home.org, 404],
          ['org_nowhere', 404],
          ['', 400],
          [`${world.foreign.org}, ${world.home.org}`, 400],
          ['../x', 400],
        ] as const) {
          const headers = { 'x-organization-id': organization };
          const answer = await askCell(world.fixture, { ...one, tenant: world.foreign, authorization: bearer(caller), headers });
          if (answer.status !== status) wrong.push(`${label(one, `${caller.name} of ${organization}`)}: ${answer.status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(world.stored()).toBe(before);
  });
});

function isStrangersAnswer({ row, params }: Filled, caller: Caller, status: number): boolean {
  if (!isAllowed(row, caller) || row.installation) return status === 403;
  if (row.strangers !== undefined) return row.strangers.includes(status);
  return Object.keys(params).length > 0 && row.shared !== true ? status === 404 : isSuccess(row, status);
}

describe('a member', () => {
  test('may do what the table of permissions says for their role, and nothing else', async () => {
    const cells = filled.flatMap((one) => (one.row.action === 'public' ? [] : world.callers.map((caller) => ({ one, caller }))));
    expect(await faultsOf(cells)).toEqual([]);
  });

  test('by a key with scopes may do those and nothing else', async () => {
    const cells = filled.flatMap((one) => {
      const { action, throwaway } = one.row;
      if (throwaway !== undefined || action === 'public' || action === 'signed-in' || action === 'account') return [];
      return (world.scoped.get(action) ?? []).map((caller) => ({ one, caller }));
    });
    expect(await faultsOf(cells)).toEqual([]);
  });
});

type Asked = { readonly one: Filled; readonly caller: Caller };

/** What is refused first, so that it can be seen that a refusal changes nothing. */
async function faultsOf(cells: readonly Asked[]): Promise<readonly string[]> {
  const isOpen = ({ one, caller }: Asked) => isAllowed(one.row, caller);
  const wrong: (string | null)[] = [];
  await settled(); // work of the cells before
  const before = world.stored();
  for (const cell of cells.filter((cell) => !isOpen(cell))) wrong.push(await faultOf(cell));
  if (world.stored() !== before) wrong.push('something that was refused has changed what is stored');
  for (const cell of cells.filter(isOpen)) wrong.push(await faultOf(cell));
  return wrong.filter((fault) => fault !== null);
}

/** What is wrong with one cell of the own organization, if anything. */
async function faultOf({ one, caller }: Asked): Promise<string | null> {
  const { row } = one;
  const { fixture, home } = world;
  const allowed = isAllowed(row, caller);
  const passing = allowed ? await row.throwaway?.(fixture, home, caller) : undefined;
  // a thing that the work uses up is made for each cell
  const params = passing?.params ?? (allowed ? await row.params?.(home) : one.params) ?? {};
  const authorization = passing === undefined ? bearer(caller) : `Bearer ${passing.token}`;
  const answer = await askCell(fixture, { ...one, params, tenant: home, authorization });
  const isRight = allowed ? isSuccess(row, answer.status) : answer.status === 403 && answer.body.code === 'FORBIDDEN';
  if (allowed && isRight) await row.after?.(home, answer);
  return isRight ? null : `${label(one, caller.name)}: ${answer.status} ${answer.text.slice(0, 300)}`;
}
