import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { defaultEngineSettings } from './engine-settings.ts';
import { runSuspects } from './run-suspects.ts';
import { startExecution } from './start-execution.ts';
import { rebuildQueue } from './sweep.ts';

const never = new Promise<never>(() => {});

/** One life of a process on the store: it ends when the step `poison` runs, and takes with it whatever else was under way. */
async function begin(store: DocumentStore, life: number): Promise<TestApp> {
  let dead = false;
  const alive = <T>(ask: () => Promise<T>): Promise<T> => (dead ? never : ask().then((answer) => (dead ? never : answer)));
  const app = await createTestApp({
    store: {
      ...store,
      get: (path) => alive(() => store.get(path)),
      getAll: (all) => alive(() => store.getAll(all)),
      query: (query) => alive(() => store.query(query)),
      commit: (writes) => alive(() => store.commit(writes)),
    },
    settings: { ...defaultEngineSettings, soleOwner: `own${life}.` },
  });
  app.effects.behave = async ({ nodeId }) => {
    if (nodeId === 'poison') dead = true;
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return dead ? never : { output: nodeId };
  };
  return app;
}

async function statuses(store: DocumentStore): Promise<readonly Execution[]> {
  const rows = await store.query({ collection: paths.executions(owner.org) });
  return rows.map(({ data }) => Execution.parse(data));
}

it('a step that ends the process each time fails alone: what ran beside it gets on', async () => {
  const store = createFakeDocumentStore();
  const first = await begin(store, 0);
  const good = await deploy(first, { name: 'good', nodes: [start, effect('a')], edges: edges('go>a') });
  const bad = await deploy(first, { name: 'bad', nodes: [start, effect('poison')], edges: edges('go>poison') });
  for (const { workflowId } of [good, good, good, bad, good, good, good])
    void startExecution(first, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
  await settled();
  for (let life = 1; life < 10; life += 1) {
    const app = await begin(store, life);
    void rebuildQueue(app).then((suspects) => runSuspects(app, suspects));
    for (let turn = 0; turn < 5; turn += 1) await settled();
  }
  const ended = await statuses(store);
  expect(ended.every(({ status }) => isTerminal(status))).toBe(true);
  expect(ended.filter(({ status }) => status === 'succeeded')).toHaveLength(6);
  const failed = ended.filter(({ status }) => status === 'failed');
  expect(failed.map(({ workflowName, error }) => [workflowName, error?.code])).toEqual([['bad', 'CRASHED']]);
});
