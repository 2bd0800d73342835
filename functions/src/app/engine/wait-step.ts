/**
 * Waiting for the outside. The commit that waits writes `waits/{token}` (or the approval) with the branch; whoever answers writes it
 * too. So whoever comes second sees the first: an answer may be there before the wait is.
 */
import type { BranchWait, Step } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { Approval, CallbackWait } from '@automateos/shared/model/wait';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { approvalEvent } from '../outgoing-webhooks/webhook-event.ts';
import { asDocument } from './as-document.ts';
import { approvalId, waitId } from './callback-token.ts';
import { changedAt, lastChange } from './changed-at.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { putStep, type Run, withStep } from './run.ts';

type OutsideWait = Extract<BranchWait, { kind: 'callback' | 'approval' }>;

export async function enterWait(run: Run, step: Step, params: JsonObject, kind: 'callback' | 'approval'): Promise<Committed> {
  const now = run.app.clock.now();
  const wakeAt = typeof params.timeoutMs === 'number' ? toInstant(now + params.timeoutMs) : null;
  const { path, token } = locate(run, step, kind);
  const there = await run.app.store.get(path);
  const early =
    kind === 'callback' && there && run.app.settings.plantedBug !== 'early-answer-lost' ? CallbackWait.parse(there.data) : null;
  if (early?.status === 'answered' && early.answer && early.branchId === null) {
    const { port, output } = early.answer;
    putStep(run, { ...step, status: 'succeeded', endedAt: toInstant(now), port, output });
    return 'ok';
  }
  const document = kind === 'callback' ? callbackDocument(run, step, token) : approvalDocument(run, step, token, params, wakeAt);
  const told = document.kind === 'approval' ? await eventWrites(run.app, document.org, approvalEvent(run.app, document)) : null;
  const branch = withStep(run.branch, { ...step, status: 'waiting' });
  const committed = await checkpoint(run, {
    branch: { ...branch, status: 'waiting', wait: { kind, token, wakeAt }, answer: null },
    writes: [write(path, document, there), ...(told?.writes ?? [])],
    hints: told?.hints ?? 0,
  });
  if (committed === 'ok') await told?.announce();
  return committed;
}

/**
 * Nobody answered in time: the wait is closed in the commit that wakes the branch. A branch that another worker, whose clock is ahead, has
 * taken and handed back too early waits on.
 */
export async function timeOutWait(run: Run, waiting: Step, wait: OutsideWait): Promise<Committed> {
  const { path } = locate(run, waiting, wait.kind);
  const now = run.app.clock.now();
  const there = await run.app.store.get(path);
  if (!there) return 'lost';
  const { status, answer } = (wait.kind === 'callback' ? CallbackWait : Approval).parse(there.data);
  if (status !== 'pending') {
    if (!answer) return 'lost'; // closed by a stop
    // Answered in the very moment. If that commit has queued this branch, ours will fail; if it found the branch in other hands, nobody
    // else will bring the answer.
    putStep(run, { ...waiting, status: 'succeeded', endedAt: toInstant(now), port: answer.port, output: answer.output });
    run.branch = { ...run.branch, wait: null, answer: null };
    return 'ok';
  }
  if (wait.wakeAt === null || Date.parse(wait.wakeAt) > now) {
    const same: Write = { kind: 'update', path, version: there.version, data: there.data };
    return checkpoint(run, { branch: { ...run.branch, status: 'waiting' }, writes: [same] });
  }
  const step: Step = {
    ...waiting,
    status: 'succeeded',
    endedAt: toInstant(now),
    port: 'timeout',
    output: { v: { timedOut: true } },
  };
  const updatedAt = changedAt(now, lastChange(there));
  const committed = await checkpoint(run, {
    branch: { ...withStep(run.branch, step), wait: null, answer: null },
    writes: [{ kind: 'update', path, version: there.version, data: { ...there.data, status: 'timed-out', updatedAt } }],
  });
  return committed;
}

function locate(run: Run, step: Step, kind: 'callback' | 'approval'): { readonly path: string; readonly token: string } {
  const { org, executionId } = run.branch;
  if (kind === 'callback') {
    const token = waitId(step.scope, step.node);
    return { token, path: paths.wait(org, executionId, token) };
  }
  const token = approvalId(run.execution.data, step.scope, step.node, step.generation);
  return { token, path: paths.approval(org, token) };
}

function write(path: string, document: object, there: Snapshot | null): Write {
  const data = asDocument(document);
  return there ? { kind: 'update', path, version: there.version, data } : { kind: 'create', path, data };
}

function callbackDocument(run: Run, step: Step, token: string): CallbackWait {
  return { kind: 'callback', status: 'pending', ...common(run, step, token) };
}

function approvalDocument(run: Run, step: Step, token: string, params: JsonObject, expiresAt: string | null): Approval {
  const { data } = run.execution;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    kind: 'approval',
    status: 'pending',
    ...common(run, step, token),
    workflowId: data.workflowId,
    workflowName: data.workflowName,
    title: text(params.title),
    ...(params.description === undefined ? {} : { description: text(params.description) }),
    assignees: Array.isArray(params.assignees) ? params.assignees.map(text) : [],
    ...(params.form === undefined ? {} : { form: params.form }),
    expiresAt,
    decidedAt: null,
    decidedBy: null,
    comment: null,
    data: null,
    updatedAt: toInstant(run.app.clock.now()),
  };
}

function common(run: Run, step: Step, id: string) {
  const { org, executionId } = run.branch;
  const createdAt = toInstant(run.app.clock.now());
  return { id, org, executionId, nodeId: step.node, scope: step.scope, branchId: run.branch.id, createdAt, answer: null };
}
