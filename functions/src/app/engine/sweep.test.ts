import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import { describe, expect, it } from 'vitest';
import { edges, effect, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner } from '../../testing/test-app.ts';
import { asDocument } from './as-document.ts';
import { rebuildQueue, sweep } from './sweep.ts';

describe('a sweep', () => {
  it('rescues every branch that it can read, whatever else it finds', async () => {
    const app = await createTestApp();
    app.effects.behave = () => new Promise(() => {});
    const { executionId } = await run(app, { nodes: [start, effect('a')], edges: edges('go>a') });
    const path = paths.branch(owner.org, executionId, '$start');
    const branch = Branch.parse((await app.store.get(path))?.data);
    const queued = asDocument({ ...branch, status: 'queued', claim: null, due: '0:2026-01-02T00:00:00.000Z' });
    const unreadable = { ...queued, status: 'of another release', due: '0:2026-01-01T00:00:00.000Z' };
    await app.store.commit([
      { kind: 'set', path, data: queued },
      { kind: 'set', path: paths.branch(owner.org, executionId, 'other'), data: unreadable },
    ]);
    expect(await sweep(app)).toEqual({ announced: 1, timedOut: 0 });
    await expect(rebuildQueue(app), 'a server that starts').resolves.toEqual([]);
  });
});
