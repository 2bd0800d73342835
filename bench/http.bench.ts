/** GET, filter, POST against a stub in another process. */
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { startServer, startSimple } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { getFilterPost } from './workflows.ts';

export async function benchHttp(): Promise<readonly Measure[]> {
  const stub = await startSimple('stub-server.ts');
  const ceiling = await startSimple('ceiling-server.ts', [stub.url]);
  const server = await startServer();
  const url = await (await signIn(server)).deploy(getFilterPost(stub.url));
  const load = (to: string, requests: number) => runLoad({ url: to, body: '{}', concurrency: 32, requests });
  const bare = `${ceiling.url}/get-filter-post`;
  for (const each of [bare, url]) await load(each, 1_000);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    theirs.push((await load(bare, 4_000)).perSecond);
    ours.push((await load(url, 3_000)).perSecond);
  }
  await Promise.all([server.close(), ceiling.close(), stub.close()]);
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[1] ?? 0;
  return [measure('GET, filter, POST, concurrency 32', middle(ours), 'runs/s', { ratioAtLeast: 0.2 }, middle(theirs))];
}
