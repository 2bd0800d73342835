import { Branch } from '@automateos/shared/model/branch';
import { DeadLetter } from '@automateos/shared/model/dead-letter';
import { paths } from '@automateos/shared/model/paths';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { beforeEach, describe, expect, it } from 'vitest';
import { edges, effect, type Ran, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { pruneExecutions } from '../admin/prune-executions.ts';
import { pauseExecution } from '../engine/pause-execution.ts';
import { runBranch } from '../engine/run-branch.ts';
import { stopExecution } from '../engine/stop-execution.ts';
import type { DeadMessage } from './dead-delivery.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { getDeadLetter } from './get-dead-letter.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { recordDeadMessage } from './record-dead-message.ts';
import { redriveDeadLetter } from './redrive-dead-letter.ts';

const store = createFakeDocumentStore;
const dayMs = 86_400_000;
let app: TestApp;
let published: BranchRef[];

/** A process that only publishes: what is started stays queued. */
beforeEach(async () => {
  published = [];
  const queue = { publish: async (_pool: string, refs: readonly BranchRef[]) => void published.push(...refs) };
  app = await createTestApp({ store: store(), queue, workers: { enter: () => null, busy: () => 0 } });
  const { org, userId: ownerId } = owner;
  await app.store.commit([
    { kind: 'create', path: paths.installation, data: { org, ownerId, ownerEmail: 'o@example.test' } },
    { kind: 'create', path: paths.organization(org), data: { id: org } },
  ]);
});

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const message = (data: unknown, more: Partial<DeadMessage> = {}): DeadMessage => ({
  subscription: 'projects/demo-p/subscriptions/automateos-branches-dead',
  messageId: '17',
  data: bytes(data),
  attributes: { CloudPubSubDeadLetterSourceDeliveryCount: '20' },
  publishTime: '2026-01-01T00:00:00Z',
  ...more,
});

async function queued(): Promise<{ readonly ran: Ran; readonly ref: BranchRef }> {
  const ran = await run(app, { nodes: [start, effect('a')], edges: edges('go>a') });
  published.length = 0;
  return { ran, ref: { org: owner.org, executionId: ran.executionId, branchId: '$start' } };
}

async function changeBranch(ref: BranchRef, change: Partial<Branch>): Promise<void> {
  const path = paths.branch(ref.org, ref.executionId, ref.branchId);
  const row = await app.store.get(path);
  await app.store.commit([{ kind: 'set', path, data: { ...row?.data, ...JSON.parse(JSON.stringify(change)) } }]);
}

const letters = async (collection: string) =>
  (await app.store.query({ collection })).map(({ data }) => ({ ...DeadLetter.parse(data), org: data.org }));

it('a dead message of a webhook\u2019s delivery is announced again, and nobody has to do anything about it', async () => {
  const ref = { org: owner.org, executionId: 'dlv_1', branchId: '$delivery' };
  expect(await recordDeadMessage(app, message(ref))).toMatchObject({ status: 'redriven' });
  expect(published).toEqual([ref]);
  expect([...(await letters(paths.deadLetters(owner.org))), ...(await letters(paths.strayLetters))]).toEqual([]);
});

describe('a dead message of a branch', () => {
  it('that is due is recorded once and announced each time, and fails nothing', async () => {
    const { ran, ref } = await queued();
    for (let time = 0; time < 3; time += 1) await recordDeadMessage(app, message(ref));
    expect(published).toEqual([ref, ref, ref]);
    expect(await letters(paths.deadLetters(owner.org))).toMatchObject([
      {
        ...{ kind: 'message', status: 'redriven', redrivenBy: 'system', reason: 'UNDELIVERED', org: owner.org },
        ...{ executionId: ran.executionId, workflowId: ran.workflowId, branchId: '$start' },
        delivery: { attempts: 20, messageId: '17' },
      },
    ]);
    expect((await ran.end()).status).toBe('running');
    await runBranch(app, ref);
    expect((await ran.end()).status).toBe('succeeded');
  });

  it('is one of a branch whatever the prefix of the topics says', async () => {
    const { ref } = await queued();
    await recordDeadMessage(app, message(ref, { subscription: 'projects/demo-p/subscriptions/acme-events-branches-dead' }));
    expect(published).toEqual([ref]);
  });

  it('whose lease has expired or whose wake-up is due is announced, too', async () => {
    const { ref } = await queued();
    const past = '2000-01-01T00:00:00.000Z';
    await changeBranch(ref, { status: 'running', claim: { id: 'clm_x', n: 1, leaseUntil: past } });
    await recordDeadMessage(app, message(ref, { messageId: '1' }));
    await changeBranch(ref, { status: 'waiting', claim: null, wait: { kind: 'timer', wakeAt: past } });
    await recordDeadMessage(app, message(ref, { messageId: '2' }));
    expect(published).toEqual([ref, ref]);
  });

  it('that has nothing to do is recorded with the reason, and nobody is told', async () => {
    const { ran, ref } = await queued();
    const later = new Date(app.clock.now() + 60_000).toISOString();
    const states: [string, () => Promise<void>][] = [
      ['a worker holds', () => changeBranch(ref, { status: 'running', claim: { id: 'clm_x', n: 1, leaseUntil: later } })],
      [
        'waits for something',
        () => changeBranch(ref, { status: 'waiting', claim: null, wait: { kind: 'timer', wakeAt: later } }),
      ],
      ['is paused', () => pauseExecution(app, owner, ran.executionId)],
    ];
    for (const [reason, arrange] of states) {
      await arrange();
      await recordDeadMessage(app, message(ref, { messageId: reason }));
    }
    await changeBranch(ref, { status: 'ended', wait: null });
    await stopExecution(app, owner, ran.executionId, 'cancelled');
    published.length = 0;
    await recordDeadMessage(app, message(ref, { messageId: 'has ended' }));
    expect(published).toEqual([]);
    const found = await letters(paths.deadLetters(owner.org));
    expect(found.map(({ status, discardedBy }) => [status, discardedBy])).toEqual(found.map(() => ['discarded', 'system']));
    for (const [reason] of states) expect(found.some(({ discardReason }) => discardReason?.includes(reason))).toBe(true);
  });

  it('stays with the queue while the store does not answer', async () => {
    const { ref } = await queued();
    const down = { ...app, store: { ...app.store, getAll: () => Promise.reject(new StoreUnavailable('down')) } };
    await expect(recordDeadMessage(down, message(ref))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await letters(paths.deadLetters(owner.org))).toEqual([]);
  });

  it('goes with its execution, or after 30 days', async () => {
    const { ran, ref } = await queued();
    await recordDeadMessage(app, message(ref));
    await recordDeadMessage(app, message('x'.repeat(20_000), { messageId: 'large' }));
    await app.fakeClock.advance(29 * dayMs);
    await pruneExecutions(app, { limit: 10 });
    expect(await letters(paths.deadLetters(owner.org))).toHaveLength(1);
    const [stray] = await letters(paths.strayLetters);
    const blob = stray?.delivery?.data;
    expect(blob && 'blob' in blob && (await app.blobs.get(blob.blob))).toBeTruthy();
    await app.fakeClock.advance(2 * dayMs);
    await pruneExecutions(app, { limit: 10 });
    expect(await letters(paths.deadLetters(owner.org))).toEqual([]);
    expect(await letters(paths.strayLetters)).toEqual([]);
    expect(blob && 'blob' in blob && (await app.blobs.get(blob.blob))).toBeNull();
    expect((await ran.end()).status).toBe('running');
  });
});

describe('a dead message that nobody here sent', () => {
  const poison: [string, unknown][] = [
    ['no JSON', 'nonsense \u0000'],
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['deep nesting', '['.repeat(100_000)],
    ['another shape', { executionId: 'exe_1' }],
    ['a path for an id', { org: 'a/b', executionId: '..', branchId: 'x/../../y' }],
    ['ids that are no text', { org: 1, executionId: null, branchId: {} }],
    ['nothing', ''],
  ];

  it.each(poison)('with %s is kept as it came, where the owner sees it', async (_what, data) => {
    const raw = data instanceof Uint8Array ? data : bytes(data);
    const { id } = await recordDeadMessage(app, message('', { data: raw }));
    const { items } = await listDeadLetters(app, owner, { place: 'installation', limit: 10, after: null });
    expect(items).toMatchObject([{ id, status: 'open', reason: 'UNREADABLE_MESSAGE', executionId: null }]);
    const detail = await getDeadLetter(app, owner, id);
    expect(Buffer.from(detail.delivery?.data ?? '', 'base64').equals(Buffer.from(raw))).toBe(true);
    expect(detail.redrive.possible).toBe(false);
    await expect(redriveDeadLetter(app, owner, id)).rejects.toMatchObject({ code: 'NOT_REDRIVABLE' });
    expect(await discardDeadLetter(app, owner, id)).toMatchObject({ status: 'discarded' });
    expect(published).toEqual([]);
  });

  it('but names an organization or execution that is not there, makes no document below it', async () => {
    const { ref } = await queued();
    const claims = [
      { ...ref, org: 'org_nobody' },
      { ...ref, executionId: 'exe_nobody' },
      { ...ref, branchId: 'nothing' },
    ];
    for (const claim of claims) await recordDeadMessage(app, message(claim, { messageId: JSON.stringify(claim) }));
    expect((await letters(paths.strayLetters)).map(({ reason, executionId }) => [reason, executionId])).toEqual(
      claims.map(() => ['UNKNOWN_BRANCH', null]),
    );
    const { documents } = app.store as ReturnType<typeof createFakeDocumentStore>;
    expect(documents().filter(({ path }) => path.includes('nobody'))).toEqual([]);
    expect(published).toEqual([]);
  });

  it('is shown to those who run the installation only', async () => {
    const { id } = await recordDeadMessage(app, message('x'));
    const others = [{ ...owner, role: 'editor' } as const, { ...owner, org: 'org_other' }];
    for (const other of others) {
      const list = listDeadLetters(app, other, { place: 'installation', limit: 10, after: null });
      await expect(list).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(getDeadLetter(app, other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(discardDeadLetter(app, other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('and turns out to be of a branch is announced when it is redriven', async () => {
    const { ref } = await queued();
    const { id } = await recordDeadMessage(app, message({ ...ref, branchId: 'late' }));
    await expect(redriveDeadLetter(app, owner, id)).rejects.toMatchObject({ code: 'NOT_REDRIVABLE' });
    const row = await app.store.get(paths.branch(ref.org, ref.executionId, ref.branchId));
    const late = { ...Branch.parse(row?.data), id: 'late' };
    const path = paths.branch(ref.org, ref.executionId, 'late');
    await app.store.commit([{ kind: 'create', path, data: JSON.parse(JSON.stringify(late)) }]);
    expect(await redriveDeadLetter(app, owner, id)).toEqual({ executionId: ref.executionId, letters: [id] });
    expect(published).toEqual([{ ...ref, branchId: 'late' }]);
    await expect(redriveDeadLetter(app, owner, id)).rejects.toMatchObject({ code: 'DEAD_LETTER_CLOSED' });
  });
});
