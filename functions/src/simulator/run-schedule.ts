/**
 * One schedule: a scenario run to its end under the scheduler's seed. Faults stop at their time; from then on everything must come to rest.
 */
import { compile } from '@automateos/shared/engine/compile';
import type { Plan } from '@automateos/shared/engine/plan';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { paths } from '@automateos/shared/model/paths';
import type { Approval, CallbackWait } from '@automateos/shared/model/wait';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { App } from '../app/app-context.ts';
import { defaultEngineSettings, type PlantedBug } from '../app/engine/engine-settings.ts';
import { loadStoredValue } from '../app/engine/stored-values.ts';
import { workflowNameDigest } from '../app/workflows/workflow-name.ts';
import { checkOutcome } from './check-outcome.ts';
import { createCluster, dueOf } from './cluster.ts';
import { kindOf } from './document-kinds.ts';
import { effectManifest, effectTypeFor } from './effects.ts';
import type { Coverage } from './faults.ts';
import { createJournals } from './journals.ts';
import { createRandom } from './random.ts';
import { type Scenario, workflowId, workflowName } from './scenario.ts';
import { createSimApp, epochMs } from './sim-app.ts';
import { createSimStore, type Landed } from './sim-store.ts';
import { createUsers, user } from './users.ts';
import { hold, Violation } from './violation.ts';
import { watchCommit } from './watch-commits.ts';
import { watchEffects } from './watch-effects.ts';
import { createWorld } from './world.ts';

export type ScheduleOptions = {
  readonly scenario: Scenario;
  readonly nodeTypes: NodeTypes;
  readonly coverage: Coverage;
  readonly plantedBug?: PlantedBug | undefined;
  readonly trace?: (line: string) => void;
};

export type ScheduleResult = {
  readonly violation: { readonly invariant: string; readonly message: string; readonly stack: string } | null;
  readonly hash: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly executions: number;
  readonly untouched: number;
  readonly asForetold: number;
};

/** Waits, back-offs and announcements of a quiet installation are over long before. */
const settleMs = 6 * 3_600_000;
/** Zombies wake up, late commits land. */
const lingerMs = 300_000;
const evaluator = createNativeEvaluator();

export async function runSchedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const { scenario, coverage, trace } = options;
  const random = createRandom(`schedule ${scenario.seed}`);
  const world = createWorld({
    random,
    rates: scenario.rates,
    faultsUntil: scenario.faultsUntilMs,
    budget: scenario.budget,
    coverage,
    mostSteps: 60_000,
    ...(trace ? { trace } : {}),
  });
  const plans = plansOf(scenario, options.nodeTypes);
  const executions = new Map<string, Execution>();
  const blobs = new Map<string, Uint8Array>();
  const journals = createJournals(() => user.org);
  const due = new Map<string, string>();
  let live = 0;

  const executionOf = (id: string): Execution | null => executions.get(id) ?? null;
  const planOf = ({ workflowId: id }: Execution): Plan => {
    const plan = plans.get(id);
    if (!plan) throw new RangeError(`no workflow ${id}`);
    return plan;
  };
  const store = createSimStore();
  const { rates } = scenario;
  const effects = watchEffects({
    journals,
    executionOf,
    definitionOf: (execution) => planOf(execution).definition,
    now: world.now,
    noZombies: !rates.stall && !rates.stallAnswered && !rates.slow && !rates.skew,
  });

  function remember(landed: readonly Landed[]): void {
    for (const { path, before, after } of landed) {
      if (!after) continue;
      const dueAt = dueOf(after);
      if (dueAt === null) due.delete(path);
      else due.set(path, dueAt);
      const kind = kindOf(path);
      if (kind.kind === 'execution') {
        const execution = after.data as unknown as Execution; // as the engine wrote it
        const was = executions.get(execution.id);
        executions.set(execution.id, execution);
        live += (isTerminal(execution.status) ? 0 : 1) - (was && !isTerminal(was.status) ? 1 : 0);
        if (!was) users.executionStarted(execution);
      }
      if (kind.kind === 'wait' || kind.kind === 'approval') {
        const wait = after.data as unknown as CallbackWait | Approval;
        if (wait.status === 'pending' && before?.data.status !== 'pending') users.waitStored(wait);
      }
    }
  }

  const cluster = createCluster({
    world,
    random,
    places: scenario.processes,
    mostSkewMs: 140_000,
    isAnythingDue() {
      const until = toInstant(epochMs + world.now() + 140_000);
      for (const at of due.values()) if (at <= until) return true;
      return false;
    },
    createApp: (process, bus) =>
      createSimApp(process, {
        world,
        random,
        store,
        blobs,
        bus,
        plans: {
          load: async (_org, id) => plans.get(id) ?? null,
          loadDraft: async () => null,
          compileDraft: unused,
          lookups: { hit: 0, miss: 0 },
        },
        nodeTypes: (owner) => new Map([...options.nodeTypes, ['sim.effect', effectTypeFor(owner, world, effects)]]),
        commit(writer, writes) {
          const result = store.commit(writes);
          if (!result.ok) return result;
          watchCommit({
            writer,
            now: world.now(),
            landed: store.lastLanded(),
            journals,
            get: store.get,
            branchesOf: store.collection,
          });
          remember(store.lastLanded());
          return result;
        },
        limits: limitsOf(scenario),
        workerPlaces: scenario.workerPlaces,
        plantedBug: options.plantedBug,
      }),
  });
  const users = createUsers({
    world,
    random,
    cluster,
    scenario,
    executionOf,
    startedBy: (start) => startedBy(executions, start)[0],
    answering: (execution, nodeId) =>
      scenario.workflows.find((_, at) => workflowId(at) === execution.workflowId)?.answers[nodeId],
  });

  let restSince = -1;
  function isOver(): boolean {
    if (live > 0 || !users.done()) {
      restSince = -1;
      return world.now() > scenario.faultsUntilMs + settleMs;
    }
    if (restSince < 0) restSince = world.now();
    return world.now() > restSince + lingerMs && !world.busy();
  }

  let violation: ScheduleResult['violation'] = null;
  const outcomes: { asForetold: boolean; touched: boolean }[] = [];
  try {
    seedWorkflows(store, scenario);
    cluster.start();
    users.start();
    await world.run(isOver);
    checkRest(store, executions.values());
    hold('I3 liveness', users.done(), () => 'a user still waits for an answer');
    checkStarts(scenario, executions, users.accepted);
    const touched = (execution: Execution): boolean => isTouched(execution, users.touched, executionOf);
    const deadLetters = new Set([...store.collection(paths.deadLetters(user.org))].map(({ data }) => String(data.executionId)));
    const app = directApp(store, blobs);
    for (const execution of executions.values()) {
      outcomes.push(
        await checkOutcome(
          {
            journals,
            executionOf,
            planOf,
            load: (owner, stored) => loadStoredValue(app, owner, planOf(owner), stored),
            evaluator,
            touched,
            heardOf: (id) => [...executions.values()].filter((other) => failedExecution(other) === id).length,
            hasDeadLetter: (id) => deadLetters.has(id),
            mayCrash: world.faultsStruck() > 0 || scenario.workflows.some(isPoisonous),
          },
          execution,
        ),
      );
    }
  } catch (error) {
    violation = described(error);
  }
  const untouched = outcomes.filter((outcome) => !outcome.touched);
  return {
    violation,
    hash: world.hash(),
    steps: world.steps(),
    virtualMs: world.now(),
    executions: executions.size,
    untouched: untouched.length,
    asForetold: untouched.filter((outcome) => outcome.asForetold).length,
  };
}

function described(error: unknown): ScheduleResult['violation'] {
  if (error instanceof Violation) return { invariant: error.invariant, message: error.message, stack: '' };
  const known = error instanceof Error ? error : new Error(String(error));
  return { invariant: 'no defect', message: `${known.name}: ${known.message}`, stack: known.stack ?? '' };
}

function limitsOf({ journalSteps, journalBytes, workMs }: Scenario) {
  const { journalBytes: usual } = defaultEngineSettings;
  return { journalSteps, journalBytes: journalBytes ?? usual, workMs: workMs ?? null };
}

const unused = (): never => {
  throw new TypeError('no drafts in the simulator');
};

const isPoisonous = ({ definition }: Scenario['workflows'][number]): boolean =>
  definition.nodes.some(({ params }) => params.poison === true);

function plansOf(scenario: Scenario, nodeTypes: NodeTypes): Map<string, Plan> {
  const manifests = new Map<string, NodeManifest>([...nodeTypes].map(([type, { manifest }]) => [type, manifest]));
  manifests.set('sim.effect', effectManifest);
  return new Map(
    scenario.workflows.map(({ definition }, index) => {
      const id = workflowId(index);
      return [id, compile({ definition, manifests, workflowId: id, version: 1 })];
    }),
  );
}

function seedWorkflows(store: ReturnType<typeof createSimStore>, scenario: Scenario): void {
  scenario.workflows.forEach((_, index) => {
    const id = workflowId(index);
    const name = workflowName(index);
    const at = toInstant(epochMs);
    const workflow = {
      id,
      org: user.org,
      name,
      activeVersion: 1,
      latestVersion: 1,
      createdAt: at,
      updatedAt: at,
      createdBy: 'sim',
    };
    store.commit([
      { kind: 'create', path: paths.workflow(user.org, id), data: workflow },
      { kind: 'create', path: paths.workflowName(user.org, workflowNameDigest(name)), data: { workflowId: id } },
    ]);
  });
}

/** What reads need, without the world in between. */
function directApp(store: ReturnType<typeof createSimStore>, blobs: ReadonlyMap<string, Uint8Array>): App {
  const reads = {
    store: { query: async (query: Parameters<typeof store.query>[0]) => store.query(query) },
    blobs: { get: async (key: string) => blobs.get(key) ?? null },
    clock: { sleep: async () => {} },
  };
  return reads as unknown as App; // loading a stored value touches nothing else
}

/** The execution whose failure this one was told. */
function failedExecution({ trigger, input }: Execution): string | null {
  if (trigger.kind !== 'error' || !('v' in input)) return null;
  return (input.v as { execution?: { id?: string } } | null)?.execution?.id ?? null; // as the engine makes it
}

function startedBy(executions: ReadonlyMap<string, Execution>, start: number): Execution[] {
  return [...executions.values()].filter(({ trigger, input }) => {
    if (trigger.kind !== 'manual' || !('v' in input)) return false;
    return (input.v as { start?: unknown } | null)?.start === start;
  });
}

/** I3: at rest, every execution is over. */
function checkRest(store: ReturnType<typeof createSimStore>, executions: Iterable<Execution>): void {
  for (const execution of executions) {
    if (isTerminal(execution.status)) continue;
    const branches = [...store.collection(paths.branches(execution.org, execution.id))].map(
      ({ data }) => `${String(data.id)} ${String(data.status)} at ${JSON.stringify(data.at)} due ${String(data.due)}`,
    );
    throw new Violation(
      'I3 liveness',
      `${execution.id} never ends: ${execution.status}${execution.stopping ? ', stopping' : ''}${execution.paused ? ', paused' : ''}; ${branches.join('; ')}`,
    );
  }
}

/** I1, I2: what was promised exists, once per key. */
function checkStarts(
  scenario: Scenario,
  executions: ReadonlyMap<string, Execution>,
  accepted: ReadonlyMap<number, ReadonlySet<string>>,
): void {
  scenario.starts.forEach(({ key }, index) => {
    const made = startedBy(executions, index);
    const promised = accepted.get(index) ?? new Set();
    hold('I2 one execution per key', made.length <= 1, () => `start ${index} made ${made.map(({ id }) => id).join()}`);
    if (key !== null)
      hold(
        'P1 starts',
        promised.size === 1 && made.length === 1,
        () => `start ${index} was promised ${[...promised].join()} and made ${made.length}`,
      );
    for (const id of promised) hold('I1 existence', executions.has(id), () => `start ${index} was promised ${id}`);
  });
}

function isTouched(execution: Execution, touched: ReadonlySet<string>, executionOf: (id: string) => Execution | null): boolean {
  if (touched.has(execution.id)) return true;
  const from = execution.parent?.executionId ?? execution.forkedFrom?.executionId;
  const origin = from === undefined ? null : executionOf(from);
  return (
    origin !== null && (isTouched(origin, touched, executionOf) || (execution.parent !== null && origin.status !== 'succeeded'))
  );
}
