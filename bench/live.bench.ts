/** A thousand readers of one busy execution by server-sent events: each must be told of every step; how long after the step's end that is. */
import { get, type IncomingMessage } from 'node:http';
import { signIn } from './client.ts';
import { memoryOf, startServer } from './processes.ts';
import { type Measure, measure } from './result.ts';

const readers = 1_000;
const rounds = 40;
const gapMs = 200;

type Reader = { readonly delays: Map<string, number>; readonly done: Promise<void> };

export async function benchLive(): Promise<readonly Measure[]> {
  const limit = String(readers + 100);
  const server = await startServer({ AUTOMATEOS_STREAMS_PER_CALLER: limit, AUTOMATEOS_STREAMS_PER_ORGANIZATION: limit });
  const client = await signIn(server);
  const { id: workflowId } = await client.post('/v1/workflows', busy());
  const { id } = await client.post(`/v1/workflows/${String(workflowId)}/executions`, { input: {} });
  await client.post(`/v1/executions/${String(id)}/pause`, {});
  const url = `${server.url}/v1/executions/${String(id)}/events`;
  const opened: Reader[] = [];
  while (opened.length < readers) {
    opened.push(...(await Promise.all(Array.from({ length: 50 }, () => open(url, client.token)))));
  }
  const began = performance.now();
  await client.post(`/v1/executions/${String(id)}/resume`, {});
  await Promise.all(opened.map(({ done }) => done));
  const seconds = (performance.now() - began) / 1_000;
  const { peak } = memoryOf(server.pid);
  await server.close();
  const complete = opened.filter(({ delays }) => delays.size === 2 * rounds).length;
  const delays = opened.flatMap((reader) => [...reader.delays.values()]).sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(share * (delays.length - 1))] ?? 0;
  return [
    measure(`SSE readers of ${readers} that were told of all ${2 * rounds} steps`, complete, 'readers', { atLeast: readers }),
    measure('Steps told to all of them', delays.length / seconds, 'events/s'),
    measure('From the end of a step to its event, p50', at(0.5), 'ms'),
    measure('From the end of a step to its event, p99', at(0.99), 'ms'),
    measure('Memory of the server at its peak', peak / 2 ** 20, 'MiB'),
  ];
}

/** An effect and a pause, again and again, so that changes come one by one. */
function busy() {
  const names = Array.from({ length: rounds }, (_, n) => [`wait${n}`, `step${n}`]).flat();
  const node = (id: string) =>
    id.startsWith('wait')
      ? { id, type: 'flow.wait', params: { durationMs: id === 'wait0' ? 1_000 : gapMs } }
      : { id, type: 'bench.noop', params: { value: id } };
  return {
    name: 'busy',
    nodes: [{ id: 'start', type: 'trigger.manual' }, ...names.map(node)],
    edges: names.map((to, n) => ({ from: names[n - 1] ?? 'start', to })),
  };
}

/** Resolves once the history has come. `delays`: of each step that succeeded. */
function open(url: string, token: string): Promise<Reader> {
  const delays = new Map<string, number>();
  const { promise: done, resolve: end, reject } = Promise.withResolvers<void>();
  const take = (text: string): void => {
    const now = Date.now();
    if (text.includes('event: done')) end();
    const data = text.slice(text.indexOf('data: ') + 6);
    if (!data.startsWith('{"type":"step"')) return;
    const { step } = JSON.parse(data) as { step: { nodeId: string; status: string; endedAt: string | null } };
    if (step.status === 'succeeded' && step.endedAt !== null && step.nodeId !== 'start') {
      delays.set(step.nodeId, now - Date.parse(step.endedAt));
    }
  };
  return new Promise((resolve, fail) => {
    const request = get(url, { headers: { authorization: `Bearer ${token}` }, agent: false }, (response: IncomingMessage) => {
      if (response.statusCode !== 200) return fail(new Error(`a stream was answered with ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const blocks = `${rest}${chunk}`.split('\n\n');
        rest = blocks.pop() ?? '';
        blocks.forEach(take);
        resolve({ delays, done });
      });
      response.on('end', () => reject(new Error('a stream ended early')));
    });
    request.on('error', fail);
  });
}
