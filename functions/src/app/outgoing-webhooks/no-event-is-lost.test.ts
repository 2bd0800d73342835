/** Every commit on the way of an event fails once, before it is applied or after; whatever is told afterwards must agree with what happened. */
import { Execution } from '@automateos/shared/model/execution';
import { WebhookDelivery } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import { type DocumentStore, StoreUnavailable } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, start } from '../../testing/run-definition.ts';
import { createScriptedHttp } from '../../testing/scripted-http.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { startExecution } from '../engine/start-execution.ts';
import { sweep } from '../engine/sweep.ts';
import { createEndpoint } from './save-endpoint.ts';

type Fault = { at: number; readonly when: 'before' | 'after' };

function faulty(store: DocumentStore, fault: Fault): DocumentStore {
  return {
    ...store,
    async commit(writes) {
      fault.at -= 1;
      if (fault.at !== 0) return store.commit(writes);
      if (fault.when === 'after') await store.commit(writes);
      throw new StoreUnavailable('as the test says');
    },
  };
}

/** false: there were not so many commits. */
async function runWith(fault: Fault): Promise<boolean> {
  const armed: Fault = { ...fault, at: Number.POSITIVE_INFINITY };
  const store = createFakeDocumentStore();
  const http = createScriptedHttp();
  const app = await createTestApp({ store: faulty(store, armed), http });
  await createEndpoint(app, owner, { url: 'https://hooks.example/', events: ['execution.started', 'execution.succeeded'] });
  const nodes = [start, effect('a'), effect('b'), effect('c')];
  const { workflowId } = await deploy(app, { nodes, edges: edges('go>a', 'go>b', 'b>c') });
  armed.at = fault.at;
  // an answer that was an error promises nothing: the execution is there or not
  await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } }).catch(() => {});
  for (let minute = 0; minute < 8; minute += 1) {
    await settled();
    await app.fakeClock.advance(60_000);
    await sweep(app).catch(() => {});
  }
  await settled();
  const executions = await store.query({ collection: paths.executions(owner.org) });
  for (const { data } of executions) expect(Execution.parse(data).status).toBe('succeeded');
  const rows = await store.query({ collection: paths.webhookDeliveries(owner.org) });
  const deliveries = rows.map(({ data }) => WebhookDelivery.parse(data));
  const told = deliveries.map(({ executionId, type, status }) => `${executionId} ${type} ${status}`).toSorted();
  const happened = executions.flatMap(({ data }) =>
    ['started', 'succeeded'].map((what) => `${data.id} execution.${what} delivered`),
  );
  expect(told).toEqual(happened.toSorted());
  const sent = new Set(http.sent.map(({ headers }) => headers['webhook-id']));
  expect([...sent].toSorted()).toEqual(deliveries.map(({ eventId }) => eventId).toSorted());
  return armed.at <= 0;
}

test.each(['before', 'after'] as const)(
  'whichever commit is not answered (%s it is applied), each event is told, and nothing else',
  async (when) => {
    let struck = 0;
    for (let at = 1; await runWith({ at, when }); at += 1) struck = at;
    expect(struck).toBeGreaterThanOrEqual(9);
  },
);
