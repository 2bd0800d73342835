/** What an idle server takes, and how soon after its spawn it answers a webhook. */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn } from './client.ts';
import { runLoad } from './load.ts';
import { memoryOf, startServer } from './processes.ts';
import { type Measure, measure } from './result.ts';
import { pureChain } from './workflows.ts';

const idleMs = 5_000;

export async function benchFootprint(): Promise<readonly Measure[]> {
  const first = await startServer();
  const hook = new URL(await (await signIn(first)).deploy(pureChain)).pathname;
  const kept = mkdtempSync(join(tmpdir(), 'automateos-bench-'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  cpSync(first.folder, kept, { recursive: true });
  await first.close();
  const starts: number[] = [];
  let rss = 0;
  for (let round = 0; round < 5; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'automateos-bench-'));
    cpSync(kept, folder, { recursive: true });
    const server = await startServer({}, folder, hook);
    await runLoad({ url: `${server.url}${hook}`, body: '{}', concurrency: 1, requests: 1 });
    starts.push(server.startMs);
    if (round === 4) {
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      rss = memoryOf(server.pid).rss;
    }
    await server.close();
  }
  starts.sort((a, b) => a - b);
  return [
    measure('spawn to the first answered webhook, median of 5', starts[2] ?? 0, 'ms', { atMost: 700 }),
    measure('idle server, RSS', rss / 1e6, 'MB', { atMost: 130 }),
  ];
}
