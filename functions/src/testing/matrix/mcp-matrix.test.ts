/** /mcp, tool by tool: every role and scope of an organization, strangers, and tokens that open nothing. */
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { beforeAll, describe, expect, test } from 'vitest';
import { platformTools } from '../../api/mcp/platform-tools.ts';
import { type Action, mayDo } from '../../app/auth/permissions.ts';
import type { Answered } from '../api-fixture.ts';
import type { Caller } from './callers.ts';
import { createWorld, type World } from './world.ts';

const offered = 'matrix_tool';
/** What each tool takes; all that it names is the first organization's. */
const argumentsOf: Readonly<Record<string, (world: World) => JsonObject>> = {
  list_workflows: () => ({}),
  list_executions: () => ({}),
  get_execution: ({ home }) => ({ executionId: home.things.executionId }),
  retry_execution: ({ home }) => ({ executionId: home.things.waitingId }),
  cancel_execution: ({ home }) => ({ executionId: home.things.executionId }),
  [offered]: () => ({}),
};
const needs: Readonly<Record<string, readonly Action[]>> = {
  ...Object.fromEntries(platformTools.map(({ name, action }) => [name, [action]])),
  [offered]: ['workflows.read', 'executions.start'],
};

let world: World;

beforeAll(async () => {
  world = await createWorld();
  const body = {
    name: 'canary-home tool',
    nodes: [{ id: 'go', type: 'trigger.manual' }],
    settings: { mcp: { enabled: true, name: offered } },
  };
  const made = await world.home.ask('POST', '/v1/workflows?activate=true', body);
  expect(made.status, made.text).toBe(201);
});

function post(authorization: string | null, method: string, params: JsonObject = {}): Promise<Answered> {
  const headers = { authorization, accept: 'application/json, text/event-stream' };
  return world.fixture.call('POST', '/mcp', { jsonrpc: '2.0', id: 1, method, params }, headers);
}

const as = ({ token }: Caller, method: string, params?: JsonObject) => post(`Bearer ${token}`, method, params);

const may = ({ role, scopes }: Caller, name: string): boolean =>
  (needs[name] ?? []).every((action) => mayDo(role, action) && (scopes === undefined || scopes.includes(action)));

async function listed(caller: Caller): Promise<readonly string[]> {
  const { result } = (await as(caller, 'tools/list')).body;
  const tools = isJsonObject(result) && Array.isArray(result.tools) ? result.tools : [];
  return tools.flatMap((tool) => (isJsonObject(tool) ? String(tool.name) : [])).toSorted();
}

test('every tool has a row, and every row a tool', () => {
  expect(Object.keys(argumentsOf).toSorted()).toEqual([...platformTools.map(({ name }) => name), offered].toSorted());
});

describe('the people and keys of the organization', () => {
  test('see and call what their role and scopes allow, and for others there is no such tool', async () => {
    const callers = [...world.callers, ...[...world.scoped.values()].flat()];
    for (const caller of callers) {
      const allowed = Object.keys(argumentsOf).filter((name) => may(caller, name));
      expect([caller.name, await listed(caller)]).toEqual([caller.name, allowed.toSorted()]);
    }
    for (const caller of world.callers) {
      for (const [name, given] of Object.entries(argumentsOf)) {
        const { status, body } = await as(caller, 'tools/call', { name, arguments: given(world) });
        const refused = isJsonObject(body.error ?? null);
        expect([caller.name, name, status, refused]).toEqual([caller.name, name, 200, !may(caller, name)]);
      }
    }
  });
});

describe('strangers', () => {
  test('find nothing of another organization, whatever their role in their own, and change nothing', async () => {
    const before = world.stored();
    for (const stranger of world.strangers) {
      expect(await listed(stranger)).not.toContain(offered);
      for (const [name, given] of Object.entries(argumentsOf)) {
        const { text } = await as(stranger, 'tools/call', { name, arguments: given(world) });
        expect([stranger.name, name, text.includes(world.home.canary)]).toEqual([stranger.name, name, false]);
        if (name.endsWith('_execution')) expect(text).toMatch(/NOT_FOUND|There is no tool/);
      }
    }
    expect(world.stored()).toBe(before);
  });

  test('with tokens that open nothing are told so before anything is read', async () => {
    for (const [name, authorization] of Object.entries(world.bad)) {
      for (const method of ['initialize', 'tools/list', 'tools/call', 'no/such/method']) {
        const answer = await post(authorization, method, { name: offered });
        expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'UNAUTHENTICATED']);
      }
    }
  });
});
