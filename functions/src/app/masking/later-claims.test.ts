/** A secret that comes back later: to another claim, another branch, a callback, after its token was renewed. Searched for in all that is stored. */
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { edges, effect, type Node, start } from '../../testing/run-definition.ts';
import { createScriptedHttp } from '../../testing/scripted-http.ts';

const secret = 'c4nary/secret+value';
const pieces = ['c4nary', JSON.stringify(Buffer.from(secret).toString('base64')).slice(1, 12)];

let api: ApiFixture;
const http = createScriptedHttp();

/** Loaded with its first step otherwise, which takes time that the clock of these tests does not have. */
beforeAll(async () => {
  await import('../../nodes/http.request/execute.ts');
});

/** A service that tells everybody what one of them has sent; test effects tell it, too. */
beforeEach(async () => {
  api = await createApiFixture({ http });
  await must('/v1/credentials', { name: 'shop', kind: 'http-bearer', data: { token: secret } });
  const echo = `you sent ${secret} and ${Buffer.from(secret).toString('base64')}`;
  http.answer = ({ url }) => ({ body: url.endsWith('quiet') ? 'nothing' : echo });
  api.app.effects.behave = ({ nodeId, params, log }) => {
    if (nodeId === 'quiet') return { output: params.value ?? null };
    log('info', echo);
    if (nodeId === 'fails') throw new StepError({ code: 'ECHO', message: echo });
    return { output: { echo } };
  };
});

async function must(path: string, body: unknown): Promise<string> {
  const answer = await api.call('POST', path, body);
  if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return String(answer.body.id);
}

const deployed = (nodes: Node[], pairs: string[]) =>
  must('/v1/workflows?activate=true', { name: 'later', nodes: [start, ...nodes], edges: edges(...pairs) });

const run = async (nodes: Node[], pairs: string[]) => begun(await deployed(nodes, pairs));

async function begun(workflow: string): Promise<string> {
  const id = await must(`/v1/workflows/${workflow}/executions`, { input: {} });
  return id;
}

/** Unsealing is real and takes its time; only where all stands still does the clock go on. */
async function endOf(id: string): Promise<JsonObject> {
  for (;;) {
    const { body } = await api.call('GET', `/v1/executions/${id}`);
    if (body.status === 'waiting') await api.app.fakeClock.advance(3_600_001);
    else if (body.status !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The step whose output is the callback's address. */
async function callbackOf(id: string): Promise<JsonObject> {
  for (;;) {
    const { body } = await api.call('GET', `/v1/executions/${id}`);
    if (body.status === 'waiting') return body;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function expectHidden(id: string): Promise<void> {
  const { body } = await api.call('GET', `/v1/executions/${id}`);
  const stored = JSON.stringify(api.store.documents().filter(({ path }) => path.includes('/executions/')));
  for (const text of [stored, JSON.stringify(body), JSON.stringify(api.events)]) {
    for (const piece of pieces) expect([piece, text.includes(piece)]).toEqual([piece, false]);
  }
  expect(stored).toContain('[secret:shop]');
}

const call = (id: string, path: string): Node => ({
  ...{ id, type: 'http.request', credential: 'shop' },
  params: { url: `https://shop.example/${path}` },
});
const opens = call('opens', 'echo');

test('to a claim after a timer, which opened nothing', async () => {
  const wait: Node = { id: 'wait', type: 'flow.wait', params: { durationMs: 3_600_000 } };
  const id = await run([opens, wait, effect('later')], ['go>opens', 'opens>wait', 'wait>later']);
  expect(await endOf(id)).toMatchObject({ status: 'succeeded' });
  await expectHidden(id);
});

test('to a try after a back-off, and in the failure that ends it', async () => {
  const fails = effect('fails', 'x', { retry: { maxAttempts: 3, initialMs: 1_000 }, onError: 'continue' });
  const id = await run([opens, fails], ['go>opens', 'opens>fails']);
  expect(await endOf(id)).toMatchObject({ status: 'succeeded' });
  await expectHidden(id);
});

test('to a branch beside the one that opens it', async () => {
  const id = await run([effect('beside'), opens], ['go>opens', 'go>beside']);
  expect(await endOf(id)).toMatchObject({ status: 'succeeded' });
  await expectHidden(id);
});

test('to a branch before the one that opens it, and in what the outside answers a callback', async () => {
  const ask: Node = { id: 'ask', type: 'flow.callback', params: {} };
  const nodes = [effect('quiet', '{{ execution.callbackUrl("ask") }}'), ask, effect('tells'), call('last', 'quiet')];
  const id = await run(nodes, ['go>quiet', 'quiet>ask', 'ask>tells', 'tells>last']);
  const body = await callbackOf(id);
  const url = /"(https?:[^"]*\/callbacks\/[^"]+)"/.exec(JSON.stringify(body))?.[1] ?? '';
  const answered = await api.call('POST', new URL(url).pathname, { token: secret, deep: [secret] }, { authorization: null });
  expect([answered.status, answered.text]).toEqual([202, answered.text]);
  expect(await endOf(id)).toMatchObject({ status: 'succeeded' });
  await expectHidden(id);
});

test('a credential that is gone hides nothing and stops nobody who does not need it', async () => {
  const gone = await must('/v1/credentials', { name: 'gone', kind: 'http-bearer', data: { token: 'another secret' } });
  const workflow = await deployed([effect('quiet'), { ...opens, credential: 'gone' }], ['go>quiet', 'quiet>opens']);
  await api.call('DELETE', `/v1/credentials/${gone}?force=true`);
  const id = await begun(workflow);
  expect(await endOf(id)).toMatchObject({ status: 'failed', error: { code: 'CREDENTIAL_NOT_FOUND' } });
});
