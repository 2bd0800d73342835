/** Reading an execution over REST as somebody who is signed in: by a session and by an API key. Server and load generator are two processes. */
import { type Client, signIn } from './client.ts';
import { type Load, runLoad } from './load.ts';
import { startServer } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { effectChain } from './workflows.ts';

export async function benchApi(): Promise<readonly Measure[]> {
  const server = await startServer();
  const client = await signIn(server);
  const id = await runOne(client, await client.deploy(effectChain));
  const key = String((await client.post('/v1/api-keys', { name: 'bench' })).key);
  const url = `${server.url}/v1/executions/${id}`;
  const load = (authorization: string, requests: number): Load => ({
    url,
    headers: { authorization },
    concurrency: 32,
    requests,
  });
  const session = `Bearer ${client.token}`;
  const byKey = `Bearer ${key}`;
  for (const each of [session, byKey]) await runLoad(load(each, 3_000));
  const figures: { readonly [name in 'session' | 'key' | 'p99']: number[] } = { session: [], key: [], p99: [] };
  for (let round = 0; round < 5; round += 1) {
    const { perSecond, p99Ms, failures } = await runLoad(load(session, 5_000));
    figures.session.push(perSecond);
    figures.p99.push(p99Ms);
    const other = await runLoad(load(byKey, 5_000));
    figures.key.push(other.perSecond);
    if (failures + other.failures > 0) throw new Error(`${failures + other.failures} requests failed`);
  }
  await server.close();
  return [
    measure('GET of an execution, by session', middle(figures.session), 'req/s', { atLeast: 2_500 }),
    measure('GET of an execution, by API key', middle(figures.key), 'req/s', { atLeast: 2_500 }),
    measure('GET of an execution, p99 at concurrency 32', middle(figures.p99), 'ms'),
  ];
}

/** An execution of eleven steps that has ended. */
async function runOne(client: Client, hook: string): Promise<string> {
  const { failures } = await runLoad({ url: hook, body: '{}', concurrency: 1, requests: 1 });
  if (failures > 0) throw new Error('The execution to read did not run');
  const { items } = await client.get('/v1/executions?limit=1');
  const [first] = items as readonly { readonly id: string }[];
  if (first === undefined) throw new Error('There is no execution to read');
  return first.id;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
