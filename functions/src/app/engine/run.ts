/**
 * A branch in the hands of a worker: what is stored, what is computed since, and what was read on the way. Lives for one claim; never
 * shared. `branch` is the journal as it will be stored by the next checkpoint.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Branch, Step } from '@automateos/shared/model/branch';
import type { Execution } from '@automateos/shared/model/execution';
import type { Join, Loop } from '@automateos/shared/model/join';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { Write } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app-context.ts';
import { type Meter, meterClaim } from '../cost/meter.ts';
import type { Masker, SecretValue } from '../masking/create-masker.ts';
import type { BranchOrigin } from '../telemetry/branch-origin.ts';

export type Versioned<T> = { readonly data: T; readonly version: string };

export type Run = {
  /** Its ports are counted by `meter`. */
  readonly app: App;
  readonly meter: Meter;
  readonly plan: Plan;
  readonly claimId: string;
  /** Version null: the first commit creates the document. */
  execution: { data: Execution; version: string | null };
  branch: Branch;
  version: string | null;
  /** Commits sent under this claim: each has its own number, so that one that lands late is not taken for another. */
  sent: number;
  /** Writes that belong to the first commit (idempotency record, draft definition). */
  firstWrites: readonly Write[];
  /**
   * Where no worker starts the execution, whoever does computes its first pure steps until then (epoch ms) and hands it over with the first
   * commit: what only computes, or stops at a filter, needs no message and no worker. null = this is a worker.
   */
  readonly preludeUntil: number | null;
  /** Called once, when the first commit has landed: what is promised to the outside may be promised from then on. */
  onFirstCommit: (() => void) | null;
  /** A change of the execution that rides on the next commit (flow.respond). */
  patch: Partial<Execution> | null;
  /** Own steps by `{scope}|{node}`, earlier parts of the chain included. */
  readonly steps: Map<string, Step>;
  /** Steps of other branches, once read. Only finished ones are kept. */
  readonly foreign: Map<string, Step>;
  /** Values loaded from blobs and loops. */
  readonly values: Map<string, JsonValue>;
  readonly joins: Map<string, Versioned<Join> | null>;
  readonly loops: Map<string, Versioned<Loop> | null>;
  /** Finished steps that a fork took over, by node id. */
  seeds: ReadonlyMap<string, Step>;
  vars: JsonObject | null;
  input: { readonly value: JsonValue } | null;
  /** What the entries of the journal take, bytes of JSON, once measured. */
  readonly sizes: WeakMap<Step, number>;
  /** Something since the last commit is progress (a finished step). */
  progress: boolean;
  /** Credentials that its steps have opened, as the plan names them. */
  readonly opened: Set<string>;
  /** Values of the credentials that its plan names, once an effectful step runs, and what hides them; null = none. */
  secrets: readonly SecretValue[];
  masker: Masker | null;
  readonly origin: BranchOrigin;
  /** Epoch ms by which this worker hands the branch back; null = it never has to. */
  readonly until: number | null;
};

export type NewRun = {
  readonly app: App;
  readonly meter: Meter;
  readonly plan: Plan;
  readonly claimId: string;
  readonly execution: Execution;
  readonly executionVersion: string | null;
  readonly branch: Branch;
  readonly version: string | null;
  readonly seeds?: ReadonlyMap<string, Step>;
  readonly firstWrites?: readonly Write[];
  readonly preludeUntil?: number | null;
  readonly origin?: BranchOrigin;
};

export function createRun(given: NewRun): Run {
  const steps = new Map<string, Step>();
  for (const step of given.branch.steps) steps.set(stepKey(step.scope, step.node), step);
  meterClaim(given.meter, given.branch.usage);
  return {
    app: given.app,
    meter: given.meter,
    plan: given.plan,
    claimId: given.claimId,
    execution: { data: given.execution, version: given.executionVersion },
    branch: given.branch,
    version: given.version,
    sent: 0,
    firstWrites: given.firstWrites ?? [],
    preludeUntil: given.preludeUntil ?? null,
    onFirstCommit: null,
    patch: null,
    steps,
    foreign: new Map(),
    values: new Map(),
    joins: new Map(),
    loops: new Map(),
    seeds: given.seeds ?? new Map(),
    vars: null,
    input: null,
    sizes: new WeakMap(),
    progress: false,
    opened: new Set(),
    secrets: [],
    masker: null,
    origin: given.origin ?? {},
    until: given.app.settings.workMs === null ? null : given.app.clock.now() + given.app.settings.workMs,
  };
}

/** The next branch in the same hands: what is known of the execution stays known. Steps of a pack's items are of use to nobody else. */
export function switchBranch(run: Run, branch: Branch, version: string): void {
  if (!run.branch.lane) for (const [key, step] of run.steps) run.foreign.set(key, step);
  run.steps.clear();
  for (const step of branch.steps) run.steps.set(stepKey(step.scope, step.node), step);
  run.branch = branch;
  run.version = version;
  run.progress = false;
}

export function stepKey(scope: string, node: string): string {
  return `${scope}|${node}`;
}

/** The journal with `step` in it: in place of the entry of the same node and scope, or at the end. */
export function withStep(branch: Branch, step: Step): Branch {
  const at = branch.steps.findLastIndex((entry) => entry.node === step.node && entry.scope === step.scope);
  return { ...branch, steps: at < 0 ? [...branch.steps, step] : branch.steps.with(at, step) };
}

/** Records a step in memory; the next checkpoint stores it. */
export function putStep(run: Run, step: Step): void {
  run.branch = withStep(run.branch, step);
  run.steps.set(stepKey(step.scope, step.node), step);
  if (step.status === 'succeeded' || step.handled) run.progress = true;
}

export function stepAt(run: Run, scope: string, node: string): Step | undefined {
  return run.steps.get(stepKey(scope, node));
}

export function owner(run: Run): { readonly org: string; readonly id: string } {
  return { org: run.branch.org, id: run.branch.executionId };
}

export function refOf(branch: Branch): BranchRef {
  return { org: branch.org, executionId: branch.executionId, branchId: branch.id };
}
