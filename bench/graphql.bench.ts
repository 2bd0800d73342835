/** A page of fifty executions with their steps in GraphQL, as a console asks for it: one client, one request after the other. */
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { startServer } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { effectChain } from './workflows.ts';

const executions = 200;
const requests = 300;

const page = `query Page($first: Int!) { executions(first: $first) { nodes {
  id status startedAt endedAt progress { done total }
  workflow { name }
  steps(first: 20) { nodes { nodeId type status attempt startedAt endedAt } }
} pageInfo { hasNextPage endCursor } } }`;

const withValues = page.replace('endedAt } }', 'endedAt input output } }');

export async function benchGraphql(): Promise<readonly Measure[]> {
  const server = await startServer();
  const client = await signIn(server);
  const hook = await client.deploy(effectChain);
  await runLoad({ url: hook, body: '{}', concurrency: 16, requests: executions });

  async function ask(query: string): Promise<number> {
    const began = performance.now();
    const { data, errors } = await client.post('/graphql', { query, variables: { first: 50 } });
    const nodes = (data as { executions?: { nodes?: { steps: { nodes: unknown[] } }[] } } | undefined)?.executions?.nodes ?? [];
    const steps = nodes.reduce((sum, node) => sum + node.steps.nodes.length, 0);
    if (errors !== undefined || nodes.length !== 50 || steps < 500)
      throw new Error(`The page is not whole: ${JSON.stringify(errors)}`);
    return performance.now() - began;
  }
  async function times(query: string): Promise<readonly number[]> {
    for (let n = 0; n < 50; n += 1) await ask(query);
    const taken: number[] = [];
    for (let n = 0; n < requests; n += 1) taken.push(await ask(query));
    return taken.sort((a, b) => a - b);
  }
  const plain = await times(page);
  const values = await times(withValues);
  await server.close();
  const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return [
    measure('GraphQL: 50 executions with steps, p50', at(plain, 0.5), 'ms', { atMost: 15 }),
    measure('GraphQL: 50 executions with steps, p95', at(plain, 0.95), 'ms'),
    measure('GraphQL: the same with inputs and outputs, p50', at(values, 0.5), 'ms'),
  ];
}
