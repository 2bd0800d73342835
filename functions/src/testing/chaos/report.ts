/** The counts of a run, and whether it proves anything: a fault that never struck was not survived. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FirestoreFault } from '../../../../infra/emulators/firestore-fault-proxy.ts';
import type { Evidence } from './evidence.ts';
import type { Struck } from './saboteur.ts';
import type { Judgement, Verdict } from './verdict.ts';

export type Counts = {
  readonly struck: Struck;
  readonly firestore: Readonly<Record<FirestoreFault, number>>;
  readonly firestoreCalls: number;
  readonly doubled: Readonly<Record<string, number>>;
  /** Posts that were not acknowledged, so that the message came again. */
  readonly nacked: number;
  readonly sweeps: number;
  readonly rescued: Rescued;
  readonly repeatedStarts: number;
  readonly cancelled: number;
  readonly pauses: number;
  readonly seconds: number;
};

export type Rescued = { readonly queued: number; readonly timer: number; readonly lease: number };

/** By the sweeps' own word, from their logs. */
export async function readRescued(logFolder: string): Promise<Rescued> {
  const sum = { queued: 0, timer: 0, lease: 0 };
  for (const name of await readdir(logFolder)) {
    if (!name.startsWith('sweep-')) continue;
    for (const line of (await readFile(join(logFolder, name), 'utf8')).split('\n')) {
      if (!line.includes('sweep-done')) continue;
      for (const kind of ['queued', 'timer', 'lease'] as const)
        sum[kind] += Number(new RegExp(`"${kind}":(\\d+)`).exec(line)?.[1] ?? 0);
    }
  }
  return sum;
}

const lettersIn = (documents: Evidence['documents']): number =>
  documents.filter(({ path, data }) => path.includes('/dead-letters/') && data.reason === 'CRASHED').length;

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

export function countLines(
  counts: Counts,
  { executions, steps, untouched, asForetold, mostWrites }: Judgement,
  { effects, documents, promises }: Evidence,
): readonly string[] {
  const { struck } = counts;
  const requests = [...effects.values()].reduce((sum, { count }) => sum + count, 0);
  const letters = lettersIn(documents);
  const cancelled = `${counts.cancelled} cancelled, ${counts.pauses} paused`;
  return [
    `${promises.length} starts, ${executions} executions, ${steps} steps, ${documents.length} documents in ${counts.seconds} s; ${cancelled}`,
    `kills: ${list(struck.kills)}; ${struck.zombies} workers stood still beyond their lease and came back`,
    `bus: ${struck.busLosses} times lost with ${struck.messagesLost} messages under way; delivered twice: ${list(counts.doubled)}; ${counts.nacked} redeliveries`,
    `Firestore: ${counts.firestoreCalls} calls; ${list(counts.firestore)}; ${struck.outages} outages`,
    `sweep: ${counts.sweeps} rounds; rescued ${list(counts.rescued)}; ${letters} dead letters`,
    `outside: ${effects.size} effects, ${requests - effects.size} requests more than that; ${counts.repeatedStarts} starts sent again`,
    `${asForetold} of ${untouched} that nobody touched ended as if nothing had happened`,
    `most writes of one document: ${mostWrites.writes} (${mostWrites.path})`,
  ];
}

/** With fewer kills a run is too short for chance to strike with each of its kinds: then each group of them must have. */
const everyKindFrom = 50;

type Wanted = { readonly kills: number; readonly deadLetters: number; readonly documents: Evidence['documents'] };

export function judgeCounts({ struck, firestore, doubled, rescued, nacked }: Counts, wanted: Wanted): Verdict {
  const drawn: Readonly<Record<string, number>> = {
    ...firestore,
    ...Object.fromEntries(Object.entries(doubled).map(([how, count]) => [`delivered twice, ${how}`, count])),
    ...{ 'leases rescued': rescued.lease, 'queued branches rescued': rescued.queued, redeliveries: nacked },
  };
  const sum = (counts: object) => Object.values(counts).reduce((total: number, count: number) => total + count, 0);
  const together = {
    'Firestore faults': sum(firestore),
    'delivered twice': sum(doubled),
    rescues: rescued.lease + rescued.queued + nacked,
  };
  const all: Readonly<Record<string, number>> = {
    ...(wanted.kills >= everyKindFrom ? drawn : together),
    ...{ zombies: struck.zombies, 'bus lost': struck.busLosses, 'messages lost': struck.messagesLost, outages: struck.outages },
  };
  const never = Object.entries(all).flatMap(([name, count]) => (count === 0 ? [`${name}: never`] : []));
  const killed = struck.kills.worker ?? 0;
  const few = killed < wanted.kills ? [`${killed} of ${wanted.kills} workers were killed`] : [];
  const letters = lettersIn(wanted.documents);
  const unwritten = letters < wanted.deadLetters ? [`${letters} dead letters for ${wanted.deadLetters} steps that kill`] : [];
  return { guarantee: 'every kind of fault has struck', faults: [...never, ...few, ...unwritten] };
}
