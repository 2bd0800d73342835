/** A 10-step chain behind a synchronous webhook: durable effects, each committed before the next starts; and pure steps. */
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { startServer, startSimple } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { effectChain, pureChain } from './workflows.ts';

const steps = 10;

export async function benchChains(): Promise<readonly Measure[]> {
  const ceiling = await startSimple('ceiling-server.ts');
  const server = await startServer();
  const client = await signIn(server);
  const effects = await client.deploy(effectChain);
  const pure = await client.deploy(pureChain);
  const bare = `${ceiling.url}/chain`;
  const load = (url: string, concurrency: number, requests: number) => runLoad({ url, body: '{}', concurrency, requests });
  for (const url of [bare, effects, pure]) await load(url, 32, 2_000);
  // Ours and the ceiling's runs alternate, so that a slow minute of the machine hits both.
  const rounds = 3;
  const fast = { bare: [] as number[], effects: [] as number[], pure: [] as number[] };
  const slow = { bare: [] as number[], effects: [] as number[], pure: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    fast.bare.push((await load(bare, 32, 6_000)).perSecond);
    fast.effects.push((await load(effects, 32, 4_000)).perSecond);
    fast.pure.push((await load(pure, 32, 6_000)).perSecond);
    slow.bare.push((await load(bare, 1, 400)).p50Ms);
    slow.effects.push((await load(effects, 1, 400)).p50Ms);
    slow.pure.push((await load(pure, 1, 400)).p50Ms);
  }
  await Promise.all([server.close(), ceiling.close()]);
  const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return [
    measure(
      '10 effects, concurrency 32',
      middle(fast.effects) * steps,
      'steps/s',
      { ratioAtLeast: 0.2 },
      middle(fast.bare) * steps,
    ),
    measure('10 effects, concurrency 1, p50', middle(slow.effects), 'ms', { ratioAtMost: 2.5 }, middle(slow.bare)),
    measure('10 pure steps, concurrency 32', middle(fast.pure), 'runs/s', { atLeast: 1_500 }),
    measure('10 pure steps, concurrency 1, p50', middle(slow.pure), 'ms', { atMost: 2.5 }),
  ];
}
