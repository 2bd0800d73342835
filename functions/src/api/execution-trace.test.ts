/** What an execution looks like to whoever opens its trace: the tree of spans across two processes, and what is not in it. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StepError } from '@automateos/shared/model/step-error';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startExecution } from '../app/engine/start-execution.ts';
import { sweep } from '../app/engine/sweep.ts';
import { readExecutionView } from '../app/executions/read-execution-view.ts';
import { invoke } from '../app/telemetry/invocation.ts';
import { drawSpans } from '../testing/draw-spans.ts';
import type { RecordedSpan } from '../testing/recording-telemetry.ts';
import { type Body, deploy, edges, effect } from '../testing/run-definition.ts';
import { owner } from '../testing/test-app.ts';
import { createTwoProcesses, type TwoProcesses } from '../testing/two-processes.ts';
import { createWebhookListener } from './hooks/webhook-listener.ts';

const canary = 'CaNaRy-7e1f-secret';
const strangersTrace = 'abadcafeabadcafeabadcafeabadcafe';

let both: TwoProcesses;
let server: Server;
let logged: string[];

beforeEach(async () => {
  logged = [];
  const log = (event: string, ...rest: unknown[]) => void logged.push(JSON.stringify([event, ...rest]));
  const logger = { debug: log, info: log, warn: log, error: log, with: () => logger };
  both = await createTwoProcesses(logger);
  const hooks = createWebhookListener(both.front.app);
  server = createServer((request, response) => void hooks(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

async function call(workflowId: string, headers: Record<string, string> = {}): Promise<string> {
  const { port } = server.address() as AddressInfo; // it listens on a port
  const response = await fetch(`http://127.0.0.1:${port}/hooks/${workflowId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${canary}`, ...headers },
    body: JSON.stringify({ canary }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { executionId: string }).executionId;
}

const hook = { id: 'hook', type: 'trigger.webhook' };
const chain: Body = { nodes: [hook, effect('only')], edges: edges('hook>only') };

async function allSpans(): Promise<readonly RecordedSpan[]> {
  return [...(await both.front.telemetry.spans()), ...(await both.worker.telemetry.spans())];
}

describe('the trace of an execution', () => {
  it('is one tree over two processes, in which branches link to whoever announced them', async () => {
    const { workflowId } = await deploy(both.front.app, {
      nodes: [hook, effect('first'), effect('left'), effect('right'), effect('last')],
      edges: edges('hook>first', 'first>left', 'first>right', 'left>last', 'right>last'),
    });
    const executionId = await call(workflowId);
    await both.deliver();
    const spans = await allSpans();
    expect(drawSpans(spans)).toEqual([
      'POST /hooks/{workflowId}',
      '  branch $start: queued',
      '    step trigger.webhook hook 1: succeeded',
      '    function worker',
      '      branch $start: ended <- branch $start: queued',
      '        step test.effect first 1: succeeded',
      '        function worker',
      '          branch right: ended <- branch $start: ended',
      '            step test.effect right 1: succeeded',
      '          branch last: ended <- branch right: ended',
      '            step test.effect last 1: succeeded',
      '      branch left: ended <- branch $start: ended',
      '        step test.effect left 1: succeeded',
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const view = await readExecutionView(both.front.app, owner, executionId);
    expect(view).toMatchObject({ status: 'succeeded', traceId: spans[0]?.traceId });
  });

  it('is the same after a lost message: the branch that the sweep found hangs under the start, and links to the sweep', async () => {
    const { workflowId } = await deploy(both.front.app, chain);
    await call(workflowId);
    both.messages.length = 0;
    const { worker } = both;
    await worker.app.fakeClock.advance(3 * 86_400_000);
    await invoke(worker.app, { function: 'sweep', trigger: 'schedule' }, () => sweep(worker.app));
    await both.deliver();
    const spans = await allSpans();
    expect(drawSpans(spans)).toEqual([
      'POST /hooks/{workflowId}',
      '  branch $start: queued',
      '    step trigger.webhook hook 1: succeeded',
      '  branch $start: ended <- function sweep <- function worker',
      '    step test.effect only 1: succeeded',
      'function sweep',
      '  function worker',
    ]);
    const [request] = spans.filter(({ name }) => name.startsWith('POST'));
    expect(spans.filter(({ traceId }) => traceId === request?.traceId)).toHaveLength(5);
  });

  it('shows each attempt and ends in the failure, by its code', async () => {
    const { workflowId } = await deploy(both.front.app, {
      nodes: [hook, effect('only', canary, { retry: { maxAttempts: 2, initialMs: 60_000, maxMs: 60_000, jitter: false } })],
      edges: edges('hook>only'),
    });
    const { worker } = both;
    worker.app.effects.behave = () => {
      throw new StepError({ code: 'HTTP_NETWORK', message: `no answer to ${canary}`, class: 'network', retryable: true });
    };
    await call(workflowId);
    await both.deliver();
    await worker.app.fakeClock.advance(120_000);
    await both.deliver();
    const lines = drawSpans(await allSpans()).map((line) => line.trim());
    expect(lines.filter((line) => line.startsWith('step test.effect'))).toEqual([
      'step test.effect only 1: failed (HTTP_NETWORK)',
      'step test.effect only 2: failed (HTTP_NETWORK)',
    ]);
    expect(lines).toContain('branch stop.1: ended <- branch $start: failed (failed)');
  });

  it('that no request began starts with a span of its own, and a called workflow is part of its caller', async () => {
    const { front } = both;
    const called = await deploy(front.app, {
      name: 'called',
      nodes: [{ id: 'go', type: 'trigger.manual' }, effect('inner')],
      edges: edges('go>inner'),
    });
    const { workflowId } = await deploy(front.app, {
      nodes: [
        { id: 'go', type: 'trigger.manual' },
        { id: 'sub', type: 'flow.call', params: { workflow: called.workflowId } },
      ],
      edges: edges('go>sub'),
    });
    const { executionId } = await startExecution(front.app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
    await both.deliver();
    const spans = await allSpans();
    expect(spans.map(({ name }) => name)).toContain('start manual');
    expect(spans.map(({ name }) => name)).toContain('step test.effect');
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect((await readExecutionView(front.app, owner, executionId)).status).toBe('succeeded');
  });
});

describe("a stranger's traceparent", () => {
  it('is linked to, never followed: it chooses neither the trace nor what is sampled', async () => {
    const { workflowId } = await deploy(both.front.app, chain);
    await call(workflowId, { traceparent: `00-${strangersTrace}-badc0ffee0ddf00d-01` });
    const [request] = (await both.front.telemetry.spans()).filter(({ name }) => name.startsWith('POST'));
    expect(request).toMatchObject({ parentId: undefined, links: ['badc0ffee0ddf00d'] });
    expect(request?.traceId).not.toBe(strangersTrace);
  });

  it.each([
    ['no traceparent at all', 'hello'],
    ['zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${strangersTrace.toUpperCase()}-BADC0FFEE0DDF00D-01`],
    ['a forbidden version', `ff-${strangersTrace}-badc0ffee0ddf00d-01`],
    ['one with more after it', `00-${strangersTrace}-badc0ffee0ddf00d-01-more`],
    ['two at once', `00-${strangersTrace}-badc0ffee0ddf00d-01, 00-${strangersTrace}-badc0ffee0ddf00d-01`],
    ['a long one', `00-${strangersTrace}-badc0ffee0ddf00d-01${'-x'.repeat(2_000)}`],
    ['one for a log', '%0a{"severity":"EMERGENCY"}'],
  ])('that is malformed (%s) is ignored', async (_, traceparent) => {
    const { workflowId } = await deploy(both.front.app, chain);
    await call(workflowId, { traceparent });
    const [request] = (await both.front.telemetry.spans()).filter(({ name }) => name.startsWith('POST'));
    expect(request).toMatchObject({ parentId: undefined, links: [] });
  });
});

it('no secret and no text of a tenant is in spans, metrics or logs', async () => {
  const { workflowId } = await deploy(both.front.app, {
    name: `name ${canary}`,
    nodes: [hook, effect('first', canary), effect('second', { deep: canary })],
    edges: edges('hook>first', 'first>second'),
  });
  both.worker.app.effects.behave = ({ nodeId, params }) => {
    if (nodeId === 'first') return { output: params.value ?? null };
    throw new Error(`${canary} went wrong`);
  };
  await call(workflowId, { 'x-secret': canary });
  await both.deliver();
  await both.worker.app.fakeClock.advance(3_600_000);
  await both.deliver();
  for (const { telemetry } of [both.front, both.worker]) {
    expect(await telemetry.exported()).not.toContain(canary);
    expect(telemetry.prometheus()).not.toContain(canary);
    expect(telemetry.prometheus()).not.toContain(workflowId);
  }
  expect(logged.some((line) => line.includes('execution-finished'))).toBe(true);
  for (const line of logged) expect(line).not.toContain(canary);
});
