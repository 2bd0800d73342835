/** For-each over 100 items and its join, and over 10,000 with the memory it takes. */
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { memoryOf, startServer, startSimple } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { forEach } from './workflows.ts';

const items = (count: number): string => JSON.stringify({ items: Array.from({ length: count }, (_, index) => index) });

export async function benchFanOut(): Promise<readonly Measure[]> {
  const ceiling = await startSimple('ceiling-server.ts');
  const server = await startServer();
  const client = await signIn(server);
  const pure = await client.deploy(forEach('fan-out-pure', 'pure'));
  const effects = await client.deploy(forEach('fan-out-effect', 'effect'));
  const bare = `${ceiling.url}/fan-out`;
  const p50 = async (url: string): Promise<number> => {
    await runLoad({ url, body: items(100), concurrency: 1, requests: 100 });
    return (await runLoad({ url, body: items(100), concurrency: 1, requests: 300 })).p50Ms;
  };
  const base = await p50(bare);
  const measures = [
    measure('for-each of 100 pure items and join, p50', await p50(pure), 'ms', { atMost: 8 }, base),
    measure('for-each of 100 effects and join, p50', await p50(effects), 'ms', { atMost: 20 }, base),
  ];
  await Promise.all([server.close(), ceiling.close()]);
  return [...measures, ...(await many('pure')), ...(await many('effect'))];
}

async function many(kind: 'pure' | 'effect'): Promise<readonly Measure[]> {
  const server = await startServer();
  const client = await signIn(server);
  const url = await client.deploy(forEach(`many-${kind}`, kind));
  const { p50Ms, failures } = await runLoad({ url, body: items(10_000), concurrency: 1, requests: 1 });
  if (failures > 0) throw new Error(`The for-each of 10,000 ${kind} items failed`);
  const { peak } = memoryOf(server.pid);
  await server.close();
  return [
    measure(`for-each of 10,000 ${kind} items`, p50Ms / 1000, 's', { atMost: 4 }),
    measure(`for-each of 10,000 ${kind} items, peak RSS`, peak / 1e6, 'MB', { atMost: 300 }),
  ];
}
