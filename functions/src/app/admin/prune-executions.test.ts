import { paths } from '@automateos/shared/model/paths';
import { beforeEach, describe, expect, test } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { stopExecution } from '../engine/stop-execution.ts';
import { deleteWorkflow } from '../workflows/delete-workflow.ts';
import { type PruneBounds, type PruneChoice, pruneExecutions } from './prune-executions.ts';

const dayMs = 86_400_000;
const { org } = owner;
let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
  await app.store.commit([{ kind: 'create', path: paths.organization(org), data: { id: org } }]);
});

const quick = { nodes: [start] };
const asking = { nodes: [start, { id: 'ask', type: 'flow.approval', params: { title: 'May it?' } }], edges: edges('go>ask') };
const count = (collection: string) => app.store.count({ collection });
const prune = (choice: PruneChoice & Partial<PruneBounds> = {}) => pruneExecutions(app, { limit: 1_000, ...choice });

describe('retention', () => {
  test('deletes what ended before the given days, and neither what ended later nor what has not ended', async () => {
    const old = await run(app, quick);
    const open = await run(app, { ...asking, name: 'open' });
    await app.fakeClock.advance(3 * dayMs);
    const recent = await run(app, { ...quick, name: 'recent' });
    expect(await prune({ olderThanDays: 2 })).toMatchObject({ executions: 1 });
    expect(await app.store.get(paths.execution(org, old.executionId))).toBeNull();
    expect(await app.store.get(paths.execution(org, open.executionId))).not.toBeNull();
    expect(await app.store.get(paths.execution(org, recent.executionId))).not.toBeNull();
  });

  test('a dry run counts the same documents and deletes none', async () => {
    for (let n = 0; n < 3; n += 1) await run(app, { ...quick, name: `n${n}` });
    await app.fakeClock.advance(3 * dayMs);
    const told = await prune({ olderThanDays: 1, dryRun: true });
    expect(told.executions).toBe(3);
    expect(await count(paths.executions(org))).toBe(3);
    expect(await prune({ olderThanDays: 1 })).toMatchObject({ executions: 3, documents: told.documents });
    expect(await count(paths.executions(org))).toBe(0);
  });

  test('past its time a call begins no further execution, and the next one goes on', async () => {
    for (let n = 0; n < 20; n += 1) await run(app, { ...quick, name: `n${n}` });
    await app.fakeClock.advance(3 * dayMs);
    const first = await prune({ olderThanDays: 1, untilMs: app.clock.now() });
    expect(first.executions).toBe(16);
    expect(await count(paths.executions(org))).toBe(4);
    expect((await prune({ olderThanDays: 1, limit: 3 })).executions).toBe(3);
    expect((await prune({ olderThanDays: 1, untilMs: app.clock.now() + 1 })).executions).toBe(1);
  });

  test('without days only what is past its own retention goes, each once', async () => {
    await run(app, { ...quick, name: 'short', settings: { retentionDays: 1 } });
    await run(app, { ...quick, name: 'long', settings: { retentionDays: 90 } });
    await app.fakeClock.advance(2 * dayMs);
    expect((await prune()).executions).toBe(1);
    expect((await prune({ olderThanDays: 1, dryRun: true })).executions).toBe(1);
    expect((await prune()).executions).toBe(0);
  });

  test('an approval and a dead letter go with their execution, others stay', async () => {
    const gone = await run(app, asking);
    const kept = await run(app, { ...asking, name: 'kept' });
    for (const { executionId } of [gone, kept]) {
      await app.store.commit([{ kind: 'set', path: paths.deadLetter(org, `dlq_${executionId}`), data: { executionId } }]);
    }
    await stopExecution(app, owner, gone.executionId, 'cancelled');
    await settled();
    await app.fakeClock.advance(3 * dayMs);
    expect((await prune({ olderThanDays: 1 })).executions).toBe(1);
    for (const collection of [paths.approvals(org), paths.deadLetters(org)]) {
      const rows = await app.store.query({ collection });
      expect(rows.map(({ data }) => data.executionId)).toEqual([kept.executionId]);
    }
  });

  test('versions of a deleted workflow stay until its last execution is gone', async () => {
    const { workflowId } = await run(app, quick);
    await deleteWorkflow(app, owner, { workflowId });
    await app.fakeClock.advance(2 * 3_600_000);
    await prune();
    expect(await count(paths.versions(org, workflowId))).toBe(1);
    await app.fakeClock.advance(2 * dayMs);
    await prune({ olderThanDays: 1 });
    expect(await count(paths.versions(org, workflowId))).toBe(0);
    expect(await app.store.get(paths.deletedWorkflow(org, workflowId))).toBeNull();
  });

  test('a workflow that was deleted just now keeps its versions for a start that is under way', async () => {
    const { workflowId } = await deploy(app, quick);
    await deleteWorkflow(app, owner, { workflowId });
    await prune();
    expect(await count(paths.versions(org, workflowId))).toBe(1);
  });

  test('sign-in attempts go when they have expired', async () => {
    const path = paths.signInAttempts('a');
    await app.store.commit([{ kind: 'set', path, data: { count: 1, expiresAt: '2000-01-01T00:00:00.000Z' } }]);
    await prune();
    expect(await app.store.get(path)).toBeNull();
  });
});
