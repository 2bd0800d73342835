import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { beforeEach, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { listAuditLog } from '../audit/list-audit-log.ts';
import { requireDefinition } from './check-definition.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import { discardDraft, getDraft, listDrafts, putDraft } from './draft.ts';
import { putWorkflow } from './put-workflow.ts';

let api: ApiFixture;
let workflowId: string;
let ann: Principal;
let ben: Principal;

const named = (description: string) => ({ name: 'shared', description, nodes: [{ id: 'start', type: 'trigger.manual' }] });

beforeEach(async () => {
  api = await createApiFixture();
  workflowId = String((await api.call('POST', '/v1/workflows', named('one'))).body.id);
  const { org } = api.owner.principal;
  ann = { org, userId: 'usr_ann', role: 'editor', via: 'session' };
  ben = { org, userId: 'usr_ben', role: 'editor', via: 'session' };
});

const write = (who: Principal, text: string) => putDraft(api.app, who, { workflowId, definition: named(text), source: null });

test('each editor has an own draft, and sees who else has one', async () => {
  await write(ann, 'of ann');
  await api.app.fakeClock.advance(1_000);
  await write(ben, 'of ben');
  expect((await getDraft(api.app, ann, workflowId)).draft.definition.description).toBe('of ann');
  expect((await getDraft(api.app, ben, workflowId)).draft.definition.description).toBe('of ben');
  expect((await listDrafts(api.app, ann, workflowId)).map(({ updatedBy }) => updatedBy)).toEqual(['usr_ben', 'usr_ann']);
  const seen = await api.call('GET', `/v1/workflows/${workflowId}/drafts/usr_ann`);
  expect(seen.body.definition).toMatchObject({ description: 'of ann' });
  expect((await api.call('GET', `/v1/workflows/${workflowId}/drafts/usr_nobody`)).status).toBe(404);
});

test('saving a version takes the own draft away; others keep theirs and see that the workflow has moved on', async () => {
  await write(ann, 'of ann');
  await write(ben, 'of ben');
  const definition = await requireDefinition(api.app, ann.org, named('two'));
  await putWorkflow(api.app, ann, { workflowId, definition, source: null });
  expect((await getDraft(api.app, ann, workflowId)).draft).toMatchObject({ rev: 0, baseVersion: 2 });
  const kept = await getDraft(api.app, ben, workflowId);
  expect([kept.draft.baseVersion, kept.latestVersion]).toEqual([1, 2]);
  const moved = await putDraft(api.app, ben, { workflowId, definition: named('of ben, on two'), source: null, baseVersion: 2 });
  expect(moved.draft.baseVersion).toBe(2);
});

test('the one draft that a workflow had before is where everybody starts', async () => {
  const old = { workflowId, definition: named('old'), source: null, rev: 7, baseVersion: 1 };
  const data = { ...old, updatedAt: '2026-01-01T00:00:00.000Z', updatedBy: 'usr_ann' };
  await api.app.store.commit([{ kind: 'set', path: paths.draft(ann.org, workflowId), data }]);
  expect((await getDraft(api.app, ben, workflowId)).draft).toMatchObject({ rev: 7, definition: { description: 'old' } });
  await expect(putDraft(api.app, ben, { workflowId, definition: {}, source: null, ifRevision: 6 })).rejects.toThrow();
  const mine = await putDraft(api.app, ben, { workflowId, definition: named('mine'), source: null, ifRevision: 7 });
  expect(mine.draft.rev).toBe(8);
  expect((await getDraft(api.app, ann, workflowId)).draft.definition.description).toBe('old');
});

test('drafts can be discarded, and go with their workflow', async () => {
  await write(ann, 'of ann');
  await write(ben, 'of ben');
  await discardDraft(api.app, ann, workflowId);
  await discardDraft(api.app, ann, workflowId);
  expect(await listDrafts(api.app, ann, workflowId)).toHaveLength(1);
  await deleteWorkflow(api.app, ann, { workflowId });
  expect(api.store.documents().filter(({ path }) => path.includes('/drafts/'))).toEqual([]);
});

test('what a webhook test runs is the draft that was saved last, whoever saved it', async () => {
  await write(ann, 'of ann');
  await api.app.fakeClock.advance(1_000);
  await write(ben, 'of ben');
  const system: Principal = { org: ann.org, userId: 'system', role: 'owner', via: 'system' };
  expect((await getDraft(api.app, system, workflowId)).draft.definition.description).toBe('of ben');
});

test('the audit log has a line of the first save, then of one in a quarter of an hour, and of the discarding', async () => {
  const lines = async () => {
    const { items } = await listAuditLog(api.app, api.owner.principal, { limit: 50, after: null, target: workflowId });
    return items.filter(({ target }) => target.kind === 'draft').map(({ action, details }) => [action, details.revision]);
  };
  for (let saves = 0; saves < 100; saves += 1) {
    await write(ann, `save ${saves}`);
    await api.app.fakeClock.advance(10_000);
  }
  await discardDraft(api.app, ann, workflowId);
  await discardDraft(api.app, ann, workflowId);
  await write(ann, 'anew');
  expect(await lines()).toEqual([
    ['workflow.draft-saved', 1],
    ['workflow.draft-discarded', 100],
    ['workflow.draft-saved', 91],
    ['workflow.draft-saved', 1],
  ]);
});
