import { AppError } from '@automateos/shared/model/app-error';
import type { LiveItem } from '@automateos/shared/model/live-event';
import type { Principal } from '@automateos/shared/model/principal';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, type Node, start } from '../../testing/run-definition.ts';
import { type Follow, type Followed, followApprovals, followExecutions, followWorkflows, nowId } from './follow.ts';

let api: ApiFixture;
let principal: Principal;

beforeEach(async () => {
  api = await createApiFixture();
  principal = { ...api.owner.principal, via: 'session' };
});

type Reader = { readonly items: LiveItem[]; ended(): unknown; close(): void };

const renew = async (): Promise<Principal | null> => principal;

/** Reads in the background. */
function read(open: (follow: Follow) => Followed, after: string | null): Reader {
  const abort = new AbortController();
  const items: LiveItem[] = [];
  let ended: unknown = null;
  const run = async () => {
    for await (const item of open({ after, signal: abort.signal, renew: () => renew() })) items.push(item);
    return 'over';
  };
  run().then(
    (how) => {
      ended = how;
    },
    (error: unknown) => {
      ended = error;
    },
  );
  return { items, ended: () => ended, close: () => abort.abort() };
}

const executions = (after: string | null, filter: { workflowId?: string; status?: 'succeeded' | 'waiting' } = {}): Reader =>
  read((follow) => followExecutions(api.app, principal, { ...follow, ...filter }), after);

function told({ event }: LiveItem): string {
  switch (event.type) {
    case 'execution':
      return `${event.execution.id} ${event.execution.status}`;
    case 'approval':
      return `${event.approval.nodeId} ${event.approval.status}`;
    case 'workflow': {
      const { name, latestVersion, activeVersion, deleted } = event.workflow;
      return `${name} ${latestVersion} ${activeVersion} ${deleted ? 'deleted' : ''}`.trim();
    }
    default:
      return event.type;
  }
}

async function must(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await api.call(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return String(answer.body.id);
}

async function deploy(name: string, nodes: Node[] = [start], pairs: string[] = []): Promise<string> {
  return must('POST', '/v1/workflows', { name, nodes, edges: edges(...pairs) });
}

const begin = (workflow: string) => must('POST', `/v1/workflows/${workflow}/executions`, { input: {} });

/** Long enough for a round of reading. */
async function pass(ms = 150): Promise<void> {
  await settled();
  await api.app.fakeClock.advance(ms);
  await settled();
}

const waits: [Node[], string[]] = [
  [start, { id: 'ask', type: 'flow.approval', params: { title: 'May I?' } }, effect('done')],
  ['go>ask', 'ask>done'],
];

describe('changes of an organization', () => {
  test('are told as they come, a fast run by its end only, each by its newest state', async () => {
    const [quick, asks] = [await deploy('quick'), await deploy('asks', ...waits)];
    await pass();
    const reader = executions(null);
    await pass();
    const first = await begin(quick);
    const second = await begin(asks);
    await pass();
    expect(reader.items.map(told).toSorted()).toEqual([`${first} succeeded`, `${second} waiting`].toSorted());
    await must('POST', `/v1/executions/${second}/pause`);
    await pass();
    await must('POST', `/v1/executions/${second}/resume`);
    await must('POST', `/v1/executions/${second}/cancel`);
    await pass();
    expect(reader.items.slice(2).map(told)).toEqual([`${second} paused`, `${second} cancelled`]);
    reader.close();
    await pass();
    expect(reader.ended()).toBe('over');
  });

  test('that an execution begins to wait, or goes on, is told whatever it waits for, and once', async () => {
    const timer: Node = { id: 'sleep', type: 'flow.wait', params: { durationMs: 60_000 } };
    const callback: Node = { id: 'call', type: 'flow.callback', params: {} };
    const held: (() => void)[] = [];
    api.app.effects.behave = async () => {
      await new Promise<void>((resolve) => held.push(resolve));
      return { output: 1 };
    };
    const cases: [Node, () => Promise<unknown>][] = [
      [
        { id: 'ask', type: 'flow.approval', params: { title: 'May I?' } },
        async () => {
          const { text } = await api.call('GET', '/v1/approvals?status=pending');
          return must('POST', `/v1/approvals/${/apr_\w+/.exec(text)?.[0]}`, { decision: 'approve' });
        },
      ],
      [timer, () => api.app.fakeClock.advance(60_000)],
      [callback, () => Promise.resolve()],
    ];
    for (const [wait, answer] of cases) {
      const workflow = await deploy(
        `waits for ${wait.id}`,
        [start, effect('one'), wait, effect('two')],
        ['go>one', `one>${wait.id}`, `${wait.id}>two`],
      );
      await pass();
      const [reader, waiting] = [executions(null), executions(null, { status: 'waiting' })];
      await pass();
      const from = nowId(api.app);
      const id = await begin(workflow);
      await pass();
      expect(reader.items.map(told)).toEqual([`${id} running`]);
      held.shift()?.();
      await pass();
      expect(reader.items.map(told)).toEqual([`${id} running`, `${id} waiting`]);
      expect(waiting.items.map(told)).toEqual([`${id} waiting`]);
      const away = executions(reader.items[0]?.id ?? '');
      const whole = executions(from);
      await pass();
      expect([wait.id, away.items.map(told), whole.items.map(told)]).toEqual([wait.id, [`${id} waiting`], [`${id} waiting`]]);
      await answer();
      await pass();
      if (wait !== callback) {
        expect([wait.id, reader.items.slice(2).map(told)]).toEqual([wait.id, [`${id} running`]]);
        held.shift()?.();
      } else await must('POST', `/v1/executions/${id}/cancel`);
      await pass();
      expect(reader.items.slice(-1).map(told)).toEqual([`${id} ${wait === callback ? 'cancelled' : 'succeeded'}`]);
      for (const one of [reader, waiting, away, whole]) one.close();
    }
  });

  test('a step that waits beside others that run changes nothing to tell', async () => {
    const release: (() => void)[] = [];
    api.app.effects.behave = async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return { output: 1 };
    };
    const sleep: Node = { id: 'sleep', type: 'flow.wait', params: { durationMs: 60_000 } };
    const workflow = await deploy('w', [start, effect('busy'), effect('first'), sleep], ['go>busy', 'go>first', 'first>sleep']);
    await pass();
    const reader = executions(null);
    await pass();
    const id = await begin(workflow);
    await pass();
    const [busy, first] = release.splice(0);
    first?.();
    busy?.();
    await pass();
    await api.app.fakeClock.advance(30_000);
    expect(reader.items.map(told)).toEqual([`${id} running`, `${id} waiting`]);
    reader.close();
  });

  test('a reader that comes back behind any event is told what it missed and nothing twice', async () => {
    const [quick, asks] = [await deploy('quick'), await deploy('asks', ...waits)];
    await pass(60_000);
    const from = nowId(api.app);
    const whole = executions(from);
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      ids.push(await begin(n % 3 === 0 ? asks : quick));
      await pass(n % 4 === 0 ? 200 : 7_000);
      if (n % 5 === 4) await must('POST', `/v1/executions/${ids[n - (n % 3)]}/pause`);
    }
    await pass();
    const newest = new Map(whole.items.map((item) => [told(item).split(' ', 1)[0], told(item)]));
    expect(newest.size).toBe(ids.length);
    for (const [at, { id }] of [{ id: from }, ...whole.items].entries()) {
      const rest = executions(id);
      await pass();
      const before = new Map(whole.items.slice(0, at).map((item) => [told(item).split(' ', 1)[0], told(item)]));
      const missed = [...newest].filter(([execution, state]) => before.get(execution) !== state).map(([, state]) => state);
      expect([at, rest.items.map(told).toSorted()]).toEqual([at, missed.toSorted()]);
      rest.close();
    }
  });

  test('a reader that drops and comes back at any moment ends with every newest state, told once each', async () => {
    const quick = await deploy('quick');
    await pass();
    let after = nowId(api.app);
    const all: string[] = [];
    const expected: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const reader = executions(after);
      // the store's changes, the reader's look and its loss meet in many orders
      const turns = (round * 7) % 5;
      for (let n = 0; n <= round % 3; n += 1) expected.push(`${await begin(quick)} succeeded`);
      for (let n = 0; n < turns; n += 1) await new Promise((resolve) => setImmediate(resolve));
      if (round % 2 === 0) await api.app.fakeClock.advance((round % 4) * 60);
      reader.close();
      all.push(...reader.items.map(told));
      after = reader.items.at(-1)?.id ?? after;
    }
    const last = executions(after);
    await pass();
    all.push(...last.items.map(told));
    expect(all.filter((one) => one.endsWith('succeeded')).toSorted()).toEqual(expected.toSorted());
    expect(new Set(all).size).toBe(all.length);
  });

  test('filters look at the state after the change', async () => {
    const [quick, asks] = [await deploy('quick'), await deploy('asks', ...waits)];
    const [ofOne, succeeded] = [executions(null, { workflowId: asks }), executions(null, { status: 'succeeded' })];
    await pass();
    const [first, second] = [await begin(quick), await begin(asks)];
    await pass();
    expect(ofOne.items.map(told)).toEqual([`${second} waiting`]);
    expect(succeeded.items.map(told)).toEqual([`${first} succeeded`]);
  });

  test('of another organization are told to nobody', async () => {
    const quick = await deploy('quick');
    const reader = read((follow) => followExecutions(api.app, { ...principal, org: 'org_other' }, follow), null);
    await pass();
    await begin(quick);
    await pass();
    expect(reader.items).toEqual([]);
  });

  test('a reader that does not read holds a bounded number of changes, and is told all newest states later', async () => {
    const quick = await deploy('quick');
    await pass();
    const abort = new AbortController();
    const slow = followExecutions(api.app, principal, { after: nowId(api.app), signal: abort.signal, renew });
    const first = slow.next();
    await pass();
    const ids = [await begin(quick)];
    await pass();
    await first;
    for (let n = 0; n < 700; n += 1) ids.push(await begin(quick));
    await pass();
    const heard = new Set([told((await first).value ?? never())]);
    while (heard.size < ids.length) {
      const next = slow.next();
      await pass(100);
      heard.add(told((await next).value ?? never()));
    }
    expect(heard).toEqual(new Set(ids.map((id) => `${id} succeeded`)));
    abort.abort();
  });

  test('an id that is none of this stream, and one with too much behind it, are refused with their codes', async () => {
    for (const after of ['nonsense', 'c1.', 'c1.zz.abc', '1.1..0.', `c1.${'z'.repeat(11)}.`]) {
      const reader = executions(after);
      await settled();
      expect([after, reader.ended()]).toMatchObject([after, { code: 'MALFORMED_REQUEST' }]);
    }
  });

  test('approvals and workflows have streams of their own', async () => {
    const approvals = read((follow) => followApprovals(api.app, principal, follow), null);
    const workflows = read((follow) => followWorkflows(api.app, principal, follow), nowId(api.app));
    await pass();
    const asks = await deploy('asks', ...waits);
    await pass();
    await must('POST', `/v1/workflows/${asks}/activate`);
    await pass();
    await begin(asks);
    await pass();
    const { text } = await api.call('GET', '/v1/approvals');
    await must('POST', `/v1/approvals/${/apr_\w+/.exec(text)?.[0]}`, { decision: 'approve' });
    await must('DELETE', `/v1/workflows/${asks}`);
    await pass();
    expect(approvals.items.map(told)).toEqual(['ask pending', 'ask approved']);
    expect(workflows.items.map(told)).toEqual(['asks 1 null', 'asks 1 1', 'asks 1 null deleted']);
    const again = read((follow) => followWorkflows(api.app, principal, follow), workflows.items[0]?.id ?? '');
    await pass();
    expect(again.items.map(told)).toEqual(['asks 1 null deleted']);
  });
});

describe('the right to read', () => {
  const losses: Readonly<Record<string, [() => Promise<Principal | null>, string]>> = {
    'a session that ended': [async () => null, 'UNAUTHENTICATED'],
    'a role without the permission': [async () => ({ ...principal, scopes: [] }), 'FORBIDDEN'],
    'another organization': [async () => ({ ...principal, org: 'org_other' }), 'NOT_FOUND'],
  };
  for (const [what, [lost, code]] of Object.entries(losses)) {
    test(`${what} ends a busy stream within a minute, and says why`, async () => {
      const quick = await deploy('quick');
      let now = renew;
      const reader = read((follow) => followExecutions(api.app, principal, { ...follow, renew: () => now() }), null);
      await pass();
      now = lost;
      let seconds = 0;
      for (; reader.ended() === null && seconds <= 60; seconds += 5) {
        await begin(quick);
        await pass(5_000);
      }
      expect(seconds).toBeLessThanOrEqual(60);
      expect(reader.ended()).toBeInstanceOf(AppError);
      expect(reader.ended()).toMatchObject({ code });
      const count = reader.items.length;
      await begin(quick);
      await pass();
      expect(reader.items.length).toBe(count);
    });
  }

  test('is asked for before anything is opened', () => {
    const follow = { after: null, signal: new AbortController().signal, renew };
    expect(() => followExecutions(api.app, { ...principal, scopes: [] }, follow)).toThrow(AppError);
  });

  test('a stream that is let go of while nothing happens ends at once, and lets go of the store', async () => {
    const before = api.app.live;
    const stream = followExecutions(api.app, principal, { after: null, signal: new AbortController().signal, renew });
    const next = stream.next();
    await pass();
    await stream.return();
    expect(await next).toEqual({ done: true, value: undefined });
    let opened = 0;
    const { leave } = before.join(`executions/${principal.org}`, () => {
      opened += 1;
      return { close() {} };
    });
    leave();
    expect(opened).toBe(1);
  });
});

function never(): never {
  throw new Error('the stream has ended');
}
