/**
 * The kill test: the real server under load, killed with SIGKILL again and again at random moments, in starts too, and started again on
 * what it left. `node functions/src/testing/kill/main.ts --kills 500`. Ends with the counts of what holds and what does not.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  type RestCall,
  type ServerOptions,
  type ServerProcess,
  signIn,
  spawnServer,
  startServerProcess,
} from '../server-process.ts';
import { startEffectLog } from './effect-log.ts';
import { type Evidence, judge } from './verdict.ts';
import { killWorkflow, type Load, startLoad } from './workload.ts';

/** Between a server that answers and its end. */
const longestLifeMs = 700;
/** Every fifth kill hits a server that may not have come up yet. */
const earlyKills = 5;
const longestStartMs = 600;
/** Nothing came to its end for this long: what runs still is lost. */
const settleMs = 60_000;
/**
 * A start on a machine with nothing else to do. While it is slower, as the latest start tells, lives are longer, too: five that end in the same
 * step are a step that crashes.
 */
const quickStartMs = 600;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(kills: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'automateos-kill-'));
  const log = await startEffectLog();
  const env = { AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1' };
  const pace: Pace = { began: performance.now(), slowness: 1 };
  const first = await startServerProcess({ dataDir: folder, env });
  const options: ServerOptions = { dataDir: folder, env: { ...env, PORT: new URL(first.url).port } };
  let server: ServerProcess = first;
  try {
    const hook = await deploy(await signIn(first.url), first.url, log.server.origin);
    const load = startLoad(hook);
    for (let kill = 1; kill <= kills; kill += 1) server = await killOnce(server, options, { kill, pace });
    await server.address;
    await load.stop();
    const executions = await settled(await signIn(first.url));
    return report(kills, load, { ...load, executions, effects: log.byStep });
  } finally {
    await server.end('SIGKILL');
    await log.server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** `began`: when the server that runs was started. */
type Pace = { began: number; slowness: number };
type Moment = { readonly kill: number; readonly pace: Pace };

async function killOnce(server: ServerProcess, options: ServerOptions, { kill, pace }: Moment): Promise<ServerProcess> {
  if (kill % earlyKills === 0) await sleep(randomInt(longestStartMs) * pace.slowness);
  else {
    await server.address;
    pace.slowness = Math.max(1, (performance.now() - pace.began) / quickStartMs);
    await sleep(randomInt(longestLifeMs) * pace.slowness);
  }
  await server.end('SIGKILL');
  pace.began = performance.now();
  return spawnServer(options);
}

async function deploy(call: RestCall, url: string, origin: string): Promise<string> {
  const created = await call('POST', '/v1/workflows', killWorkflow(origin));
  if (created.status !== 201) throw new Error(`The workflow was refused: ${JSON.stringify(created.body)}`);
  const { id } = created.body as { id: string };
  await call('POST', `/v1/workflows/${id}/activate`, {});
  return `${url}/hooks/${id}`;
}

/** Waits until nothing runs, as long as it gets less; what is left is told by its status. */
async function settled(call: RestCall): Promise<ReadonlyMap<string, string>> {
  let fewest = Number.POSITIVE_INFINITY;
  let until = 0;
  for (;;) {
    const executions = await listExecutions(call);
    const open = [...executions.values()].filter((status) => /^(queued|running|waiting|paused)/.test(status)).length;
    if (open < fewest) until = Date.now() + settleMs;
    fewest = Math.min(fewest, open);
    if (open === 0 || Date.now() > until) return executions;
    await sleep(250);
  }
}

async function listExecutions(call: RestCall): Promise<ReadonlyMap<string, string>> {
  const executions = new Map<string, string>();
  let cursor = '';
  do {
    const { body } = await call('GET', `/v1/executions?limit=200${cursor}`);
    const { items, nextCursor } = body as { items: { id: string; status: string; error?: unknown }[]; nextCursor: string | null };
    for (const { id, status, error } of items) executions.set(id, error ? `${status} ${JSON.stringify(error)}` : status);
    cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
  } while (cursor !== '');
  return executions;
}

/** The exit code. */
function report(kills: number, { deliveries }: Load, evidence: Evidence): number {
  const sent = [...evidence.effects.values()].flatMap((keys) => [...keys.values()]);
  const total = sent.reduce((sum, count) => sum + count, 0);
  const answered = deliveries.filter(({ executionIds }) => executionIds.length > 0).length;
  const cut = deliveries.reduce((sum, { unanswered }) => sum + unanswered, 0);
  say(`${kills} kills, ${deliveries.length} deliveries, ${answered} accepted, ${cut} calls cut off`);
  say(`${evidence.executions.size} executions, ${sent.length} effects, ${total - sent.length} of them sent again`);
  const verdicts = judge(evidence);
  for (const { guarantee, faults } of verdicts) {
    say(`${faults.length === 0 ? '✓' : '✗'} ${guarantee}`);
    for (const fault of faults.slice(0, 5)) say(`    ${fault}`);
  }
  const failed = verdicts.filter(({ faults }) => faults.length > 0).length;
  say(`${verdicts.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' } } });
process.exitCode = await main(Number(values.kills));
