/**
 * Makes a failing scenario small: without a fault, a start, an action, a node at a time, each candidate under a few seeds of the scheduler,
 * because every change of the scenario changes the schedule. What is left still breaks the same invariant.
 */
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { PlantedBug } from '../app/engine/engine-settings.ts';
import { createCoverage, faultNames } from './faults.ts';
import { runSchedule } from './run-schedule.ts';
import type { Scenario, SimWorkflow } from './scenario.ts';

export type ShrinkOptions = {
  readonly scenario: Scenario;
  readonly invariant: string;
  readonly nodeTypes: NodeTypes;
  readonly plantedBug?: PlantedBug | undefined;
  /** Schedules that may be spent. */
  readonly budget: number;
};

const seedsEach = 12;

export async function shrink(options: ShrinkOptions): Promise<Scenario> {
  let smallest = options.scenario;
  let left = options.budget;

  async function failing(candidate: Scenario): Promise<Scenario | null> {
    for (let turn = 0; turn < seedsEach && left > 0; turn += 1) {
      left -= 1;
      const scenario = turn === 0 ? candidate : { ...candidate, seed: `${options.scenario.seed}~${turn}` };
      const { nodeTypes, plantedBug } = options;
      const { violation } = await runSchedule({ scenario, nodeTypes, plantedBug, coverage: createCoverage() });
      if (violation?.invariant === options.invariant) return scenario;
    }
    return null;
  }

  for (let changed = true; changed && left > 0; ) {
    changed = false;
    for (const candidate of candidates(smallest)) {
      const smaller = await failing(candidate);
      if (!smaller) continue;
      smallest = smaller;
      changed = true;
      break;
    }
  }
  return smallest;
}

function* candidates(scenario: Scenario): Generator<Scenario> {
  const { rates, starts, actions, workflows } = scenario;
  for (const fault of faultNames) {
    if (rates[fault] === undefined) continue;
    const { [fault]: _dropped, ...others } = rates;
    yield { ...scenario, rates: others };
  }
  if (starts.length > 1) {
    for (const [index] of starts.entries()) {
      const kept = actions.filter(({ start }) => start !== index);
      const moved = kept.map((action) => ({ ...action, start: action.start > index ? action.start - 1 : action.start }));
      yield { ...scenario, starts: renumbered(starts.toSpliced(index, 1)), actions: moved };
    }
  }
  for (const [index] of actions.entries()) yield { ...scenario, actions: actions.toSpliced(index, 1) };
  for (const [at, start] of starts.entries()) {
    if (start.copies > 1) yield { ...scenario, starts: starts.with(at, { ...start, copies: 1 }) };
    if (start.atMs > 0) yield { ...scenario, starts: starts.with(at, { ...start, atMs: 0 }) };
  }
  for (const [at, workflow] of workflows.entries()) {
    for (const smaller of smallerWorkflows(workflow)) yield { ...scenario, workflows: workflows.with(at, smaller) };
  }
  const last = workflows.at(-1)?.definition.name ?? '';
  const isCalled = JSON.stringify(workflows.slice(0, -1)).includes(last);
  if (workflows.length > 1 && !isCalled) yield { ...scenario, workflows: workflows.slice(0, -1) };
  if (scenario.processes > 1) yield { ...scenario, processes: scenario.processes - 1 };
  if (scenario.workerPlaces > 0) yield { ...scenario, workerPlaces: 0 };
  if (scenario.budget > 1) yield { ...scenario, budget: scenario.budget - 1 };
  if (scenario.faultsUntilMs > 20_000) yield { ...scenario, faultsUntilMs: 20_000 };
  if (scenario.journalSteps < 48) yield { ...scenario, journalSteps: 48 };
  const { journalBytes, workMs, ...unlimited } = scenario;
  if (journalBytes !== undefined || workMs !== undefined) yield unlimited;
}

/** The input says which start made an execution. */
function renumbered(starts: Scenario['starts']): Scenario['starts'] {
  return starts.map((start, index) => ({ ...start, input: { ...start.input, start: index } }));
}

function* smallerWorkflows(workflow: SimWorkflow): Generator<SimWorkflow> {
  const { definition } = workflow;
  const { nodes, edges, settings } = definition;
  if (Object.keys(settings).length > 0) yield { ...workflow, definition: { ...definition, settings: {} } };
  for (const node of nodes.toReversed()) {
    const isNeeded =
      nodes.some((one) => one.parent === node.id || one.compensate === node.id) || node.type.startsWith('trigger.');
    const isOnly = node.parent !== undefined && nodes.filter((one) => one.parent === node.parent).length === 1;
    if (isNeeded || isOnly) continue;
    const incoming = edges.filter((edge) => edge.to === node.id);
    const outgoing = edges.filter((edge) => edge.from === node.id && (edge.output === undefined || edge.output === 'main'));
    const others = edges.filter((edge) => edge.from !== node.id && edge.to !== node.id);
    const bridged = incoming.flatMap((into) => outgoing.map((out) => ({ ...into, to: out.to })));
    const fresh = bridged.filter(
      (edge) => !others.some((one) => one.from === edge.from && one.to === edge.to && one.output === edge.output),
    );
    const kept = nodes.filter((one) => one !== node);
    const smaller = { ...definition, nodes: kept, edges: [...others, ...fresh] };
    if (isConnected(smaller)) yield { ...workflow, definition: smaller };
  }
  for (const [at, node] of nodes.entries()) {
    for (const field of ['compensate', 'retry', 'delivery', 'onError'] as const) {
      if (node[field] === undefined) continue;
      const { [field]: _dropped, ...plain } = node;
      yield { ...workflow, definition: { ...definition, nodes: nodes.with(at, plain) } };
    }
    if (node.type !== 'sim.effect') continue;
    for (const name of Object.keys(node.params)) {
      const { [name]: _dropped, ...params } = node.params;
      yield { ...workflow, definition: { ...definition, nodes: nodes.with(at, { ...node, params }) } };
    }
  }
}

/** Only triggers and compensations stand at the root without a way to them. */
function isConnected({ nodes, edges }: SimWorkflow['definition']): boolean {
  const undo = new Set(nodes.map(({ compensate }) => compensate));
  return nodes.every(
    ({ id, type, parent }) =>
      parent !== undefined || type.startsWith('trigger.') || undo.has(id) || edges.some((edge) => edge.to === id),
  );
}
