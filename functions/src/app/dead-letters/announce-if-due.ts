/** A message is a hint: sent again only where the store says that its branch wants a worker. */
import { Branch } from '@automateos/shared/model/branch';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { announce } from '../engine/announce.ts';
import { claimable, isLeased } from '../engine/claim.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);
/** Derived from scope and node: anything but a path. */
const branchId = z
  .string()
  .max(1_000)
  .regex(/^[^/]+$/);
const Ref = z.object({ org: id, executionId: id, branchId });

export function parseRef(value: JsonValue): BranchRef | null {
  const parsed = Ref.safeParse(value);
  return parsed.success ? parsed.data : null;
}

export type Subject = { readonly execution: Execution; readonly branch: Branch };

/** null unless organization, execution and branch all exist: whatever the message claims. */
export async function findSubject(app: App, { org, executionId, branchId }: BranchRef): Promise<Subject | null> {
  const [organization, execution, branch] = await app.store.getAll([
    paths.organization(org),
    paths.execution(org, executionId),
    paths.branch(org, executionId, branchId),
  ]);
  if (!organization || !execution || !branch) return null;
  return { execution: Execution.parse(execution.data), branch: Branch.parse(branch.data) };
}

/** null when it is due; else why nobody needs to be told. */
export function whyNotDue(app: App, { execution, branch }: Subject): string | null {
  if (claimable(app, branch, execution)) return null;
  if (isTerminal(execution.status)) return `its execution has ended as ${execution.status}`;
  if (execution.paused) return 'its execution is paused: resuming it announces the branch';
  if (execution.status === 'queued') return 'its execution is held back by a limit and is announced when it may start';
  if (branch.status === 'running' && isLeased(app, branch)) return 'a worker holds the branch';
  if (branch.status === 'waiting') return 'the branch waits for something else than a worker';
  return `the branch is ${branch.status}`;
}

/** Once too often does no harm: whoever takes the hint looks at the store. */
export async function announceSubject(app: App, { branch }: Subject): Promise<void> {
  const { org, executionId, id } = branch;
  await announce(app, branch.pool, [{ org, executionId, branchId: id }]);
}
