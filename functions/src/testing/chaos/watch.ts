/** What is stored, looked at while everything runs: who waits is answered, who is to be cancelled or paused is, and when all is at rest is known. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { Approval, CallbackWait } from '@automateos/shared/model/wait';
import { decodeDocument } from '../../adapters/gcp/firestore-document.ts';
import type { Random } from '../../simulator/random.ts';
import type { RestCall } from '../server-process.ts';
import type { StoredDocument } from './evidence.ts';
import { createPeople } from './people.ts';
import type { Stage } from './stage.ts';
import type { ChaosWorkflow } from './workload.ts';

export type Watch = {
  readonly executions: ReadonlyMap<string, Execution>;
  readonly cancelled: ReadonlySet<string>;
  /** Pauses, each followed by a resume. */
  readonly pauses: () => number;
  /** Executions that a client started and that are over. */
  ended(): number;
  /** Nothing runs, and nobody is about to do anything. */
  isAtRest(): boolean;
};

type MirroredFields = Parameters<typeof decodeDocument>[1];

/** The client hands out plain values; what this store wrote is one text. */
const decode = (name: string, fields: Readonly<Record<string, unknown>>): StoredDocument['data'] =>
  decodeDocument(name, { json: { stringValue: String(fields.json) } } satisfies NonNullable<MirroredFields>);

/** Everything that is judged. */
const groups = ['executions', 'branches', 'joins', 'waits', 'approvals', 'dead-letters', 'idempotency', 'seeds'];

export async function readAll({ mirror }: Stage): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (const group of groups) {
    for (const { name, fields } of await mirror.read(group)) found.push({ path: name, data: decode(name, fields) });
  }
  return found;
}

const pauseMs = 2_000;
const onceMoreMs = 1_000;

export type WatchOptions = {
  readonly workload: readonly ChaosWorkflow[];
  readonly random: Random;
  /** Of the executions. */
  readonly cancel: number;
  readonly pause: number;
};

export async function startWatch(stage: Stage, { workload, random, cancel, pause }: WatchOptions): Promise<Watch> {
  const executions = new Map<string, Execution>();
  const cancelled = new Set<string>();
  const over = new Set<string>();
  let pauses = 0;
  let open = 0;

  function later(ms: number, act: () => Promise<void>): void {
    open += 1;
    void sleep(ms)
      .then(act)
      .finally(() => {
        open -= 1;
      });
  }

  const insist = (path: string, body: Parameters<RestCall>[2]): Promise<void> => insistOn(stage.call, path, body);
  const people = createPeople({
    workload,
    later: (ms, act) => later(ms, async () => act()),
    answers: {
      callback: (token, nodeId) => insist(`/v1/callbacks/${token}`, { answered: nodeId }),
      decide: (id, decision) => insist(`/v1/approvals/${id}`, { decision }),
    },
  });

  function begun({ id }: Execution): void {
    if (random.chance(cancel)) {
      cancelled.add(id);
      later(random.int(0, 3_000), () => insist(`/v1/executions/${id}/cancel`, {}));
    } else if (random.chance(pause)) {
      later(random.int(0, 1_000), async () => {
        await insist(`/v1/executions/${id}/pause`, {});
        pauses += 1;
        await sleep(pauseMs);
        await insist(`/v1/executions/${id}/resume`, {});
      });
    }
  }

  await stage.mirror.listen('executions', ({ name, fields }) => {
    const execution = Execution.parse(decode(name, fields));
    const isNew = !executions.has(execution.id);
    executions.set(execution.id, execution);
    if (isTerminal(execution.status) && execution.parent === null) over.add(execution.id);
    people.started(execution);
    if (isNew && execution.parent === null) begun(execution);
  });
  const waits = (wait: CallbackWait | Approval): void => {
    const execution = executions.get(wait.executionId);
    if (execution) people.waits(wait, execution);
    else later(onceMoreMs, async () => waits(wait)); // told before its execution
  };
  await stage.mirror.listen('waits', ({ name, fields }) => waits(CallbackWait.parse(decode(name, fields))));
  await stage.mirror.listen('approvals', ({ name, fields }) => waits(Approval.parse(decode(name, fields))));
  return {
    ...{ executions, cancelled },
    pauses: () => pauses,
    ended: () => over.size,
    isAtRest: () => open === 0 && [...executions.values()].every(({ status }) => isTerminal(status)),
  };
}

/** Until it is done, or refused because it is done or too late: then there is nothing more to do. */
async function insistOn(call: RestCall, path: string, body: Parameters<RestCall>[2]): Promise<void> {
  for (let pause = 200; ; pause = Math.min(pause * 2, 3_000)) {
    const status = await call('POST', path, body).then(
      (answer) => answer.status,
      () => 0, // no answer: it may have been done, and is asked for again
    );
    if (status >= 200 && status < 500) return;
    await sleep(pause);
  }
}
