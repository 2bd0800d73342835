/** Answers from outside: callbacks by token, approvals by people. One commit closes the wait and queues the branch; decided once. */
import { timingSafeEqual } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import { Branch, type WaitAnswer } from '@automateos/shared/model/branch';
import { isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Approval, CallbackWait } from '@automateos/shared/model/wait';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { planSecrets } from '../credentials/plan-secrets.ts';
import { isDocumentId } from '../document-id.ts';
import { createMasker } from '../masking/create-masker.ts';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { approvalEvent } from '../outgoing-webhooks/webhook-event.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { callbackMac, parseCallbackToken, waitId } from './callback-token.ts';
import { wake } from './caller-writes.ts';
import { changedAt } from './changed-at.ts';
import { findPlan } from './plan-of.ts';
import { readExecution } from './read-execution.ts';
import { refOf } from './run.ts';
import { storeValue } from './stored-values.ts';

/** Also when it comes before the step waits. A second answer is CONFLICT; a token that is none NOT_FOUND. */
export async function answerCallback(app: App, token: string, body: JsonValue): Promise<{ executionId: string }> {
  const unknown = (): AppError => new AppError('NOT_FOUND', { what: 'callback', id: token.slice(0, 40) });
  const target = parseCallbackToken(token);
  if (!target) throw unknown();
  const { org, executionId, scope, nodeId } = target;
  const { data: execution } = await readExecution(app, org, executionId).catch((error: unknown) => {
    throw error instanceof AppError ? unknown() : error;
  });
  if (!sameText(callbackMac(execution.seed, scope, nodeId), target.mac)) throw unknown();
  const plan = await findPlan(app, execution);
  const node = plan?.nodes.get(nodeId);
  // an address that was built for a step that never waits would swallow its answer
  if (plan === null || node?.type !== 'flow.callback' || node.disabled) throw unknown();
  if (isTerminal(execution.status)) throw over('The execution has ended.');
  const path = paths.wait(org, executionId, waitId(scope, nodeId));
  const output = await storeValue(
    app,
    { org, id: executionId },
    `callback.${waitId(scope, nodeId)}.${app.ids.make('ans')}`,
    createMasker(await planSecrets(app, org, plan))?.json(body) ?? body,
  );
  const answer: WaitAnswer = { port: 'main', output };
  for (;;) {
    const there = await app.store.get(path);
    const wait = there ? CallbackWait.parse(there.data) : null;
    if (wait && wait.status !== 'pending') throw over(`This callback was ${wait.status} already.`);
    const answered: CallbackWait = wait
      ? { ...wait, status: 'answered', answer }
      : {
          kind: 'callback',
          status: 'answered',
          id: waitId(scope, nodeId),
          org,
          executionId,
          nodeId,
          scope,
          branchId: null,
          createdAt: toInstant(app.clock.now()),
          answer,
        };
    if (await commitAnswer(app, { path, there, wait: answered, answer })) return { executionId };
  }
}

export type Decision = {
  readonly decision: 'approve' | 'reject';
  readonly comment?: string | undefined;
  readonly data?: JsonValue | undefined;
};

/** ALREADY_DECIDED for a second decision, FORBIDDEN for those whom the step does not name. */
export async function decideApproval(app: App, principal: Principal, approvalId: string, given: Decision): Promise<Approval> {
  requirePermission(principal, 'approvals.decide');
  const path = paths.approval(principal.org, approvalId);
  for (;;) {
    const there = isDocumentId(approvalId) ? await app.store.get(path) : null;
    if (!there) throw new AppError('NOT_FOUND', { what: 'approval', id: approvalId });
    const approval = Approval.parse(there.data);
    if (approval.status !== 'pending') {
      throw new AppError('ALREADY_DECIDED', { decision: approval.status, by: approval.decidedBy ?? 'the engine' });
    }
    await checkAssignee(app, principal, approval);
    const decidedAt = toInstant(app.clock.now());
    const decided: Approval = {
      ...approval,
      status: given.decision === 'approve' ? 'approved' : 'rejected',
      decidedAt,
      decidedBy: principal.userId,
      comment: given.comment ?? null,
      data: given.data ?? null,
      updatedAt: changedAt(app.clock.now(), approval.updatedAt),
    };
    const output = { decision: given.decision, by: principal.userId, comment: decided.comment, data: decided.data };
    const answer: WaitAnswer = { port: decided.status, output: { v: output } };
    const wait = { ...decided, answer };
    const target = { kind: 'approval', id: approvalId };
    const audit = auditWrite(app, principal, `approval.${decided.status}`, target, {}, { before: approval, after: wait });
    if (await commitAnswer(app, { path, there, wait, answer, audit })) return decided;
  }
}

async function checkAssignee(app: App, principal: Principal, approval: Approval): Promise<void> {
  if (approval.assignees.length === 0 || approval.assignees.includes(principal.userId)) return;
  const user = await app.store.get(paths.user(principal.userId));
  if (user && approval.assignees.includes(String(user.data.email))) return;
  throw new AppError('FORBIDDEN', { role: principal.role, action: 'decide this: the step names who may' });
}

type Answered = {
  readonly path: string;
  readonly there: Snapshot | null;
  readonly wait: CallbackWait | Approval;
  readonly answer: WaitAnswer;
  /** Of a person's decision. */
  readonly audit?: Write;
};

async function commitAnswer(app: App, { path, there, wait, answer, audit }: Answered): Promise<boolean> {
  const data = asDocument(wait);
  const writes: Write[] = [there ? { kind: 'update', path, version: there.version, data } : { kind: 'create', path, data }];
  if (audit !== undefined) writes.push(audit);
  const branchAt = wait.branchId === null ? null : await app.store.get(paths.branch(wait.org, wait.executionId, wait.branchId));
  const branch = branchAt ? Branch.parse(branchAt.data) : null;
  if (branchAt && branch?.status === 'waiting') {
    writes.push({ kind: 'update', path: branchAt.path, version: branchAt.version, data: asDocument(wake(app, branch, answer)) });
  }
  const told = wait.kind === 'approval' ? await eventWrites(app, wait.org, approvalEvent(app, wait)) : null;
  const result = await app.store.commit([...writes, ...(told?.writes ?? [])]);
  if (result.ok) await told?.announce();
  if (result.ok && branch) await announce(app, branch.pool, [refOf(branch)]);
  return result.ok;
}

function over(reason: string): AppError {
  return new AppError('CONFLICT', { reason });
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
