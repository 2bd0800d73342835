/**
 * The judge is judged: what the real engine leaves behind when nothing goes wrong is found in order, and each defect that is planted in it
 * is found by the guarantee that it breaks.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Execution } from '@automateos/shared/model/execution';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import type { Approval, CallbackWait } from '@automateos/shared/model/wait';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import { createFakeDocumentStore, type FakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerCallback, decideApproval } from '../../app/engine/answer-wait.ts';
import { defaultEngineSettings } from '../../app/engine/engine-settings.ts';
import { loadStoredValue } from '../../app/engine/stored-values.ts';
import { receiveWebhook } from '../../app/webhooks/receive-webhook.ts';
import { createWorkflow } from '../../app/workflows/create-workflow.ts';
import { kindOf } from '../../simulator/document-kinds.ts';
import { loadShippedNodeTypes } from '../../simulator/sim-node-types.ts';
import { settled } from '../fake-clock.ts';
import { createTestApp, owner, type TestApp } from '../test-app.ts';
import type { Evidence, Promised, StoredDocument } from './evidence.ts';
import { keyOf } from './judge-effects.ts';
import { createOutside, type Outside, type SeenEffect } from './outside.ts';
import { createPeople, type People } from './people.ts';
import { judge } from './verdict.ts';
import { type ChaosWorkflow, drawStarts, drawWorkload } from './workload.ts';

const starts = 60;
let sound: Evidence;

beforeAll(async () => {
  const workload = drawWorkload({ seed: 'verdict', origin: 'http://outside.test', workflows: 24 });
  const outside = createOutside();
  const store = createFakeDocumentStore();
  const settings = { ...defaultEngineSettings, journalSteps: 5 };
  const app = await createTestApp({ store, nodeTypes: await loadShippedNodeTypes(), http: clientOf(outside), settings });
  const ids = await deploy(app, workload);
  const promises = [];
  for (const { workflow, key, body } of drawStarts(workload, { seed: 'verdict', count: starts, poisons: 0 })) {
    promises.push({ key, executionIds: [await deliver(app, ids.get(workflow) ?? '', key, body)] });
    // node types load with their first use, which takes real time: until then no virtual time may pass
    while (outside.seen.size === 0) await settled();
  }
  const people = peopleOf(app, workload);
  for (let second = 0; second < 120; second += 1) {
    look(store, people);
    await app.fakeClock.advance(1_000);
  }
  const plans = new Map(workload.map(({ definition }) => [definition.name, app.plan(definition)]));
  const planOf = ({ workflowName }: Execution): Plan => {
    const plan = plans.get(workflowName);
    if (!plan) throw new Error(`The workload has no ${workflowName}`);
    return plan;
  };
  sound = {
    ...{ documents: store.documents(), promises, effects: outside.seen, cancelled: new Set(), planOf },
    load: (execution, stored) => loadStoredValue(app, execution, planOf(execution), stored),
  };
});

const clientOf = (outside: Outside): HttpClient => ({
  async send({ headers, body, url }) {
    const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const reply = outside.ask(named.get('idempotency-key') ?? '', JSON.parse(String(body)));
    const bytes = Buffer.from(JSON.stringify(reply?.value ?? null));
    return { status: reply?.status ?? 500, headers: { 'content-type': 'application/json' }, body: bytes, url };
  },
});

async function deploy(app: TestApp, workload: readonly ChaosWorkflow[]): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { definition } of workload) {
    const { id } = await createWorkflow(app, owner, { definition, source: null, activate: true });
    ids.set(definition.name, id);
  }
  return ids;
}

async function deliver(app: TestApp, workflowId: string, key: string, body: JsonObject): Promise<string> {
  const headers = { 'idempotency-key': key, 'content-type': 'application/json' };
  const bytes = Buffer.from(JSON.stringify(body));
  const answer = await receiveWebhook(app, {
    workflowId,
    path: '',
    method: 'POST',
    query: '',
    headers,
    body: bytes,
    test: false,
  });
  return isJsonObject(answer.body ?? null) ? String((answer.body as JsonObject).executionId) : '';
}

function peopleOf(app: TestApp, workload: readonly ChaosWorkflow[]): People {
  // a second answer is refused, as it should be
  const refused = (): void => {};
  return createPeople({
    workload,
    later: (ms, act) => void app.fakeClock.after(ms, act),
    answers: {
      callback: (token, nodeId) => answerCallback(app, token, { answered: nodeId }).then(() => {}, refused),
      decide: (id, decision) => decideApproval(app, owner, id, { decision }).then(() => {}, refused),
    },
  });
}

function look(store: FakeDocumentStore, people: People): void {
  const executions = new Map<string, Execution>();
  const documents = store.documents();
  for (const { path, data } of documents) {
    if (kindOf(path).kind !== 'execution') continue;
    const execution = data as unknown as Execution; // as the engine wrote it
    executions.set(execution.id, execution);
    people.started(execution);
  }
  for (const { path, data } of documents) {
    const { kind } = kindOf(path);
    const execution = executions.get(String(data.executionId));
    if ((kind === 'wait' || kind === 'approval') && execution)
      people.waits(data as unknown as CallbackWait | Approval, execution);
  }
}

type Planted = { documents: StoredDocument[]; promises: Promised[]; effects: Map<string, SeenEffect> };

/** A copy that may be harmed. */
function copied(): Planted {
  const { documents, promises, effects } = sound;
  const copies = documents.map(({ path, data }) => ({ path, data: structuredClone(data) }));
  return { documents: copies, promises: [...promises], effects: new Map(effects) };
}

type Loose = Record<string, unknown> & { steps: Record<string, unknown>[] };

/** The first document of a kind that is as wanted; tests may write what no type allows. */
function find(
  { documents }: Planted,
  kind: string,
  wanted: (data: Loose) => boolean = () => true,
): { path: string; data: Loose } {
  const found = documents.find(({ path, data }) => kindOf(path).kind === kind && wanted(data as unknown as Loose));
  if (!found) throw new Error(`The workload left no such ${kind}`);
  return found as unknown as { path: string; data: Loose };
}

const hasSucceeded = (planted: Planted) => (data: Loose) =>
  find(planted, 'execution', ({ id }) => id === data.executionId).data.status === 'succeeded';

const isWebhook = ({ trigger }: Loose): boolean => (trigger as JsonObject).kind === 'webhook';

/** A finished effect of an execution that succeeded, with its branch. */
function finishedEffect(planted: Planted) {
  const isEffect = (step: Record<string, unknown>) => step.status === 'succeeded' && /^[cw]\d+$/.test(String(step.node));
  const branch = find(planted, 'branch', (data) => hasSucceeded(planted)(data) && data.steps.some(isEffect));
  const step = branch.data.steps.find(isEffect) ?? {};
  const key = keyOf(String(branch.data.org), String(branch.data.executionId), step as { scope: string; node: string }, 1);
  return { branch, step, key };
}

const planted: Readonly<Record<string, readonly [guarantee: RegExp, plant: (into: Planted) => void]>> = {
  'an accepted execution that is gone': [
    /^I1 every/,
    (into) => {
      const gone = find(into, 'execution', isWebhook).path;
      into.documents = into.documents.filter(({ path }) => !path.startsWith(gone));
    },
  ],
  'documents of no execution': [
    /^I1 no document/,
    (into) => {
      const gone = find(into, 'execution').path;
      into.documents = into.documents.filter(({ path }) => path !== gone);
    },
  ],
  'a key that was promised two executions': [
    /^I2/,
    (into) => {
      const [first, second] = into.promises;
      into.promises[0] = { key: 'x', executionIds: [...(first?.executionIds ?? []), ...(second?.executionIds ?? [])] };
    },
  ],
  'a second execution for a delivery': [
    /^I2/,
    (into) => {
      const { path, data } = find(into, 'execution', isWebhook);
      into.documents.push({ path: `${path}x`, data: { ...data, id: `${data.id}x` } as unknown as JsonObject });
    },
  ],
  'an execution that nobody asked for': [/^nothing runs/, (into) => void into.promises.pop()],
  'an execution that never ends': [
    /^I3/,
    (into) => {
      Object.assign(find(into, 'execution', ({ status }) => status === 'succeeded').data, { status: 'running', endedAt: null });
    },
  ],
  'a branch that goes on after the end': [
    /^I3/,
    (into) => {
      find(into, 'branch', ({ status }) => status === 'ended').data.status = 'queued';
    },
  ],
  'a journal that lacks a part': [
    /^I4/,
    (into) => {
      const lost = find(into, 'branch', ({ status }) => status === 'rolled').path;
      into.documents = into.documents.filter(({ path }) => path !== lost);
    },
  ],
  'a step with two outcomes': [
    /^I5/,
    (into) => {
      const { branch, step } = finishedEffect(into);
      const other = { ...branch.data, id: 'other', k: 0, steps: [{ ...step, output: { v: 'other' } }] };
      into.documents.push({ path: `${branch.path}-other`, data: other as unknown as JsonObject });
    },
  ],
  'a join that let go too early': [
    /^I7/,
    (into) => {
      const { data } = find(into, 'join', ({ done, arrived }) => done === true && Object.keys(arrived as object).length > 1);
      data.arrived = Object.fromEntries(Object.entries(data.arrived as object).slice(1));
    },
  ],
  'a join that never fired': [
    /^I7/,
    (into) => {
      const { data } = find(into, 'join', (join) => join.done === true && hasSucceeded(into)(join));
      Object.assign(data, { done: false, arrived: {} });
    },
  ],
  'an attempt too many': [/^I8/, (into) => void Object.assign(finishedEffect(into).step, { attempt: 9 })],
  'an end without a time': [/^I9/, (into) => void Object.assign(find(into, 'execution').data, { endedAt: null })],
  'a success that was being stopped': [
    /^I9/,
    (into) => {
      const { data } = find(into, 'execution', ({ status }) => status === 'succeeded');
      data.stopping = { to: 'cancelled', at: data.endedAt };
    },
  ],
  'something that is due for ever': [
    /^I12 nothing/,
    (into) => {
      find(into, 'branch', ({ status }) => status === 'ended').data.due = '1:2026-03-01T12:00:00.000Z';
    },
  ],
  'a dead letter of nobody': [
    /^I12 a dead/,
    (into) => void into.documents.push({ path: 'organizations/org_test/dead-letters/dlq_1', data: { executionId: 'exe_none' } }),
  ],
  'a branch of another organization': [/^I14/, (into) => void Object.assign(find(into, 'branch').data, { org: 'org_other' })],
  'an effect that was lost': [/^I11 no effect is/, (into) => void into.effects.delete(finishedEffect(into).key)],
  'an effect under the key of another attempt': [
    /^I11 no effect without/,
    (into) => {
      const { key } = finishedEffect(into);
      const seen = into.effects.get(key);
      if (seen) into.effects.set('another-key', seen);
    },
  ],
  'two steps that share a key': [
    /^I11 no two/,
    (into) => {
      const { key } = finishedEffect(into);
      const seen = into.effects.get(key);
      if (seen) into.effects.set(key, { ...seen, strangers: ['exe_other n1'] });
    },
  ],
  'a step that did not run': [
    /^I10/,
    (into) => {
      const { branch, step } = finishedEffect(into);
      branch.data.steps = branch.data.steps.filter((one) => one !== step);
    },
  ],
  'another output': [/^I10/, (into) => void Object.assign(finishedEffect(into).step, { output: { v: 'else' } })],
  'a failure without a cause': [
    /^I10/,
    (into) => {
      const { data } = find(into, 'execution', ({ status }) => status === 'succeeded');
      Object.assign(data, { status: 'failed', error: { code: 'NODE_FAILED', message: 'why?', nodeId: 'n1', scope: '' } });
    },
  ],
  'a cancellation by nobody': [
    /^I10/,
    (into) => {
      const { data } = find(into, 'execution', ({ status }) => status === 'succeeded');
      Object.assign(data, { status: 'cancelled', error: { code: 'CANCELLED', message: 'by whom?' } });
    },
  ],
};

describe('the judge finds', () => {
  it.each(Object.entries(planted))('%s', async (_defect, [guarantee, plant]) => {
    const into = copied();
    plant(into);
    const { verdicts } = await judge({ ...sound, ...into });
    const broken = verdicts.filter(({ faults }) => faults.length > 0).map((verdict) => verdict.guarantee);
    expect(broken).toEqual(expect.arrayContaining([expect.stringMatching(guarantee)]));
  });
});

describe('what the engine leaves behind when nothing goes wrong', () => {
  it('is in order, and all of it is as foretold', async () => {
    const judgement = await judge(sound);
    expect(judgement.verdicts.flatMap(({ faults }) => faults)).toEqual([]);
    expect(judgement.executions).toBeGreaterThan(starts);
    expect(judgement.asForetold).toBe(judgement.untouched);
    expect(judgement.mostWrites.writes).toBeGreaterThan(3);
  });
});
