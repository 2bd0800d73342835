import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Logger } from '@automateos/shared/ports/logger';
import { describe, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, type Node, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { readExecutionView } from '../executions/read-execution-view.ts';
import { forkExecution } from './fork-execution.ts';
import { startExecution } from './start-execution.ts';
import { stopExecution } from './stop-execution.ts';
import { sweep } from './sweep.ts';

const refused = { code: 'NODE_TYPE_MISSING', status: 422, message: expect.stringContaining('test.effect') };
const pause: Node = { id: 'pause', type: 'flow.wait', params: { durationMs: 60_000 } };
const waiting = { nodes: [start, effect('a'), pause, effect('b')], edges: edges('go>a', 'a>pause', 'pause>b') };

/** The same store, in a process that lacks `test.effect`. */
async function without(app: TestApp): Promise<{ lacking: TestApp; logged: string[] }> {
  const logged: string[] = [];
  const quiet = { debug() {}, info() {}, warn() {}, error: (event: string) => void logged.push(event) };
  const logger: Logger = { ...quiet, with: () => logger };
  const nodeTypes = new Map([...app.nodeTypes].filter(([type]) => type !== 'test.effect'));
  return { lacking: await createTestApp({ store: app.store, blobs: app.blobs, nodeTypes, logger }), logged };
}

async function rootOf(app: TestApp, executionId: string): Promise<Branch> {
  const snapshot = await app.store.get(paths.branch(owner.org, executionId, '$start'));
  return Branch.parse(snapshot?.data);
}

describe('where a node type is missing', () => {
  it('nothing is started or forked, and the answer names the type', async () => {
    const app = await createTestApp();
    const { workflowId, executionId } = await run(app, { nodes: [start, effect('a')], edges: edges('go>a') });
    const { lacking } = await without(app);
    const again = startExecution(lacking, owner, { workflowId, input: {}, trigger: { kind: 'manual' } });
    await expect(again).rejects.toMatchObject(refused);
    await expect(forkExecution(lacking, owner, { executionId, nodeId: 'a' })).rejects.toMatchObject(refused);
    expect(await app.store.query({ collection: paths.executions(owner.org) })).toHaveLength(1);
  });

  it('what was run can still be read', async () => {
    const app = await createTestApp();
    const { executionId } = await run(app, { nodes: [start, effect('a')], edges: edges('go>a') });
    const { lacking } = await without(app);
    const view = await readExecutionView(lacking, owner, executionId);
    expect(view).toMatchObject({ status: 'succeeded', output: 'a' });
    expect(view.steps.map(({ nodeId }) => nodeId)).toEqual(['go', 'a']);
  });

  it('branches under way are left as they are, announced ever more seldom and told of once, and go on where the type is', async () => {
    const app = await createTestApp();
    const ran = await run(app, waiting);
    const before = await rootOf(app, ran.executionId);
    const { lacking, logged } = await without(app);
    await lacking.fakeClock.advance(61_000);
    for (let minute = 0; minute < 30; minute += 1) {
      await sweep(lacking);
      await lacking.fakeClock.advance(60_000);
    }
    const after = await rootOf(app, ran.executionId);
    expect(after).toEqual({ ...before, rev: after.rev, announced: after.announced, due: after.due });
    // after 2, 4, 8 and 16 minutes; each sweep would have made it thirty
    expect(after.announced).toBe(4);
    expect(logged).toEqual(['node-type-missing']);

    const whole = await createTestApp({ store: app.store, blobs: app.blobs });
    await whole.fakeClock.advance(3_600_000);
    await sweep(whole);
    await settled();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', output: 'b' });
  });

  it('an execution can be cancelled, unless what would undo it is missing: that waits', async () => {
    const app = await createTestApp();
    const plain = await run(app, waiting);
    const undo = { nodes: [...waiting.nodes, effect('undo')], edges: waiting.edges };
    const nodes = undo.nodes.map((node) => (node.id === 'a' ? { ...node, compensate: 'undo' } : node));
    const undone = await run(app, { ...undo, name: 'undone', nodes });
    const { lacking } = await without(app);
    await stopExecution(lacking, owner, plain.executionId, 'cancelled');
    await stopExecution(lacking, owner, undone.executionId, 'cancelled');
    await settled();
    expect((await plain.end()).status).toBe('cancelled');
    expect((await undone.end()).status).toBe('running');

    const whole = await createTestApp({ store: app.store, blobs: app.blobs });
    await whole.fakeClock.advance(3_600_000);
    await sweep(whole);
    await settled();
    expect(await undone.end()).toMatchObject({ status: 'cancelled', execution: { compensated: true } });
  });

  it('a call of such a workflow fails as a step, with the reason', async () => {
    const app = await createTestApp();
    const { workflowId } = await deploy(app, { name: 'called', nodes: [start, effect('a')], edges: edges('go>a') });
    const { lacking } = await without(app);
    const call: Node = { id: 'call', type: 'flow.call', params: { workflow: workflowId } };
    const ran = await run(lacking, { name: 'caller', nodes: [start, call], edges: edges('go>call') });
    expect(await ran.end()).toMatchObject({ status: 'failed', error: { code: 'NODE_TYPE_MISSING' } });
  });
});
