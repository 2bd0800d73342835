/** Time per step with 100,000 stored executions, beside that with 100. */
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { startServer } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { effectChain, pureChain } from './workflows.ts';

const many = 100_000;

export async function benchHistory(): Promise<readonly Measure[]> {
  const server = await startServer();
  const client = await signIn(server);
  const effects = await client.deploy(effectChain);
  const filler = await client.deploy({
    ...pureChain,
    name: 'filler',
    nodes: pureChain.nodes.slice(0, 2),
    edges: (pureChain.edges ?? []).slice(0, 1),
  });
  const perStep = async (): Promise<number> => {
    const results: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { perSecond } = await runLoad({ url: effects, body: '{}', concurrency: 32, requests: 1_500 });
      results.push(1e6 / (perSecond * 10));
    }
    return results.sort((a, b) => a - b)[2] ?? 0;
  };
  await runLoad({ url: effects, body: '{}', concurrency: 32, requests: 1_500 });
  const few = await perStep();
  await runLoad({ url: filler, body: '{}', concurrency: 32, requests: many });
  const full = await perStep();
  await server.close();
  return [
    measure('time per step, fresh server', few, 'µs'),
    measure('time per step with 100,000 executions stored', full, 'µs', { ratioAtMost: 1.2 }, few),
  ];
}
