/**
 * What an execution came to, once everything is at rest, against the reference (I10, I13) and against what was done to it (I16). Returns
 * whether it ended as the definition alone foretells.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Step } from '@automateos/shared/model/branch';
import type { Definition } from '@automateos/shared/model/definition';
import type { Execution } from '@automateos/shared/model/execution';
import { isTerminal } from '@automateos/shared/model/execution';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import type { NativeEvaluator } from '@automateos/shared/ports/evaluator';
import { calledId } from '../app/engine/callback-token.ts';
import { anyValue } from './effects.ts';
import type { Journals } from './journals.ts';
import { type Expected, type ExpectedStep, fits, interpret, keyOf, type Oracle, type Verdict } from './reference.ts';
import { hold } from './violation.ts';

export type OutcomeContext = {
  readonly journals: Journals;
  readonly executionOf: (id: string) => Execution | null;
  readonly planOf: (execution: Execution) => Plan;
  readonly load: (execution: Execution, stored: StoredValue) => Promise<JsonValue>;
  readonly evaluator: NativeEvaluator;
  /** A user cancelled it, or retried it, or it descends from one of which that is true. */
  readonly touched: (execution: Execution) => boolean;
  /** Executions that were started because this one failed. */
  readonly heardOf: (executionId: string) => number;
  readonly hasDeadLetter: (executionId: string) => boolean;
  /** Something struck that may cost a step its life. */
  readonly mayCrash: boolean;
  /** Failures that it may suffer then; CRASHED and INTERRUPTED where nothing is said. */
  readonly ofEnvironment?: ReadonlySet<string>;
};

export type Outcome = { readonly asForetold: boolean; readonly touched: boolean };

export async function checkOutcome(context: OutcomeContext, execution: Execution): Promise<Outcome> {
  const definition = context.planOf(execution).definition;
  const journal = new Map<string, Step>();
  for (const step of context.journals.of(execution.id).all()) journal.set(keyOf(step.scope, step.node), step);
  const input = (await context.load(execution, execution.input)) as JsonObject; // the scenario's inputs are objects
  const oracle = await oracleOf(context, execution, journal);
  const expected = interpret(definition, input, oracle, context.evaluator);
  const undo = new Set(definition.nodes.map(({ compensate }) => compensate));
  for (const [key, step] of journal) {
    if (undo.has(step.node)) continue;
    await checkStep(context, execution, { key, step, expected: expected.steps.get(key) });
  }
  checkStatus(context, execution, { expected, journal, definition });
  checkUndone(execution, definition, journal);
  checkErrorWorkflow(context, execution, definition);
  if (execution.status === 'succeeded' && execution.output) {
    const output = await context.load(execution, execution.output);
    hold(
      'I13 output',
      fits(expected.output, output),
      () => `${execution.id} answers ${JSON.stringify(output)}, foretold ${JSON.stringify(expected.output)}`,
    );
  }
  const foretold = expected.fatal.size > 0 ? 'failed' : 'succeeded';
  return { asForetold: execution.status === foretold && expected.excused === 0, touched: context.touched(execution) };
}

async function checkStep(
  context: OutcomeContext,
  execution: Execution,
  { key, step, expected }: { key: string; step: Step; expected: ExpectedStep | undefined },
): Promise<void> {
  const name = `${execution.id} ${key}`;
  hold('I13 steps', expected !== undefined, () => `${name} ran, but it should not have`);
  const code = step.failure && step.status === 'failed' ? step.failure.code : null;
  const sameFailure = code === expected.failure || (code !== null && expected.failure === '*');
  hold('I13 steps', sameFailure, () => `${name} failed as ${code}, foretold ${expected.failure} (${step.failure?.message})`);
  if (step.status === 'failed' && !step.handled) return;
  hold('I13 steps', (step.port ?? null) === expected.port, () => `${name} left by ${step.port}, foretold ${expected.port}`);
  if (expected.attempts !== null && step.status === 'succeeded' && expected.failure === null) {
    hold(
      'I8 attempts',
      step.attempt === expected.attempts,
      () => `${name} took ${step.attempt} attempts, foretold ${expected.attempts}`,
    );
  }
  const output = step.output ? await context.load(execution, step.output) : null;
  hold(
    'I13 steps',
    fits(expected.output, output),
    () => `${name} answered ${JSON.stringify(output)}, foretold ${JSON.stringify(expected.output)}`,
  );
}

type Checked = { readonly expected: Expected; readonly journal: ReadonlyMap<string, Step>; readonly definition: Definition };

function checkStatus(context: OutcomeContext, execution: Execution, { expected, journal, definition }: Checked): void {
  const { id, status, error } = execution;
  if (status === 'succeeded') {
    hold('I16 causes', expected.fatal.size === 0, () => `${id} succeeded although ${[...expected.fatal].join()} failed`);
    for (const [key, step] of expected.steps) {
      hold('I10 every step done', step.optional || journal.has(key), () => `${id} succeeded without ${key}`);
    }
    return;
  }
  if (status === 'failed') {
    const failed = keyOf(error?.scope ?? '', error?.nodeId ?? '');
    hold(
      'I16 causes',
      expected.fatal.has(failed),
      () => `${id} failed for ${failed} (${error?.code}: ${error?.message}); only ${[...expected.fatal].join()} can fail`,
    );
    const step = journal.get(failed);
    const isLoop = definition.nodes.some((node) => node.id === error?.nodeId && node.type === 'flow.while');
    hold(
      'I16 causes',
      isLoop || step?.failure?.code === error?.code,
      () => `${id} failed as ${error?.code}, its step as ${step?.failure?.code}`,
    );
  }
  if (status === 'cancelled') hold('I16 causes', context.touched(execution), () => `${id} was cancelled by nobody`);
  if (status === 'timed-out')
    hold('I16 causes', definition.settings.timeoutMs !== undefined, () => `${id} timed out without a limit`);
  for (const step of journal.values()) {
    const effect = definition.nodes.some(({ id: of, type }) => of === step.node && effects.has(type));
    if (step.failure?.code !== 'CRASHED' || execution.forkedFrom || !effect) continue;
    hold('I12 dead letters', context.hasDeadLetter(id), () => `${id} crashed at ${step.node} without a dead letter`);
  }
}

/** Whatever finished is undone where an execution did not succeed, later steps first; nothing is undone where it did. */
function checkUndone(execution: Execution, definition: Definition, journal: ReadonlyMap<string, Step>): void {
  const order = [...journal.keys()];
  const undone = definition.nodes.flatMap(({ id, compensate }) => (compensate === undefined ? [] : [{ id, by: compensate }]));
  for (const { id, by } of undone) {
    for (const { node, scope, status } of journal.values()) {
      if (node === by) hold('compensation', execution.status !== 'succeeded', () => `${execution.id} succeeded and ran ${by}`);
      if (node !== id || status !== 'succeeded' || execution.status === 'succeeded') continue;
      const at = order.indexOf(keyOf(scope, by));
      hold('compensation', at >= 0, () => `${execution.id} ${execution.status} without undoing ${keyOf(scope, id)}`);
      for (const later of undone) {
        if (!leads(definition, id, later.id) || journal.get(keyOf(scope, later.id))?.status !== 'succeeded') continue;
        const first = order.indexOf(keyOf(scope, later.by));
        hold('compensation', first < at, () => `${execution.id}: ${id} was undone before ${later.id}, which came after it`);
      }
    }
  }
}

function leads(definition: Definition, from: string, to: string): boolean {
  return definition.edges.some((edge) => edge.from === from && (edge.to === to || leads(definition, edge.to, to)));
}

/** The error workflow hears of every failure, once a generation. */
function checkErrorWorkflow(context: OutcomeContext, execution: Execution, definition: Definition): void {
  const heard = context.heardOf(execution.id);
  const fails = execution.status === 'failed' || execution.status === 'timed-out';
  const least = fails && definition.settings.errorWorkflow !== undefined ? 1 : 0;
  hold('error workflow', heard >= least, () => `${execution.id} ${execution.status} and its error workflow did not hear of it`);
  hold('error workflow', heard <= execution.generation, () => `${heard} error workflows heard of ${execution.id}`);
}

const effects: ReadonlySet<string> = new Set(['sim.effect', 'http.request']);
const ofEnvironment: ReadonlySet<string> = new Set(['CRASHED', 'INTERRUPTED']);

async function oracleOf(context: OutcomeContext, execution: Execution, journal: ReadonlyMap<string, Step>): Promise<Oracle> {
  const { definition } = context.planOf(execution);
  const verdicts = new Map<string, Verdict>();
  const loops = new Set(
    definition.nodes.flatMap(({ id, type }) => (type === 'flow.for-each' || type === 'flow.while' ? [id] : [])),
  );
  for (const [key, step] of journal) {
    const node = definition.nodes.find(({ id }) => id === step.node);
    switch (node?.type) {
      case 'flow.wait':
        verdicts.set(key, { port: 'main', output: { resumedAt: anyValue } });
        break;
      case 'flow.callback':
      case 'flow.approval':
        if (step.status === 'succeeded') verdicts.set(key, { port: step.port ?? '', output: anyValue });
        break;
      case 'flow.call': {
        const verdict = await calledVerdict(context, execution, step, node.params.wait !== false);
        if (verdict) verdicts.set(key, verdict);
        break;
      }
    }
  }
  return {
    verdict: (node, scope) => verdicts.get(keyOf(scope, node)) ?? null,
    excuse(node, scope) {
      const step = journal.get(keyOf(scope, node));
      const code = step?.status === 'failed' ? step.failure?.code : undefined;
      if (code === undefined || !(context.ofEnvironment ?? ofEnvironment).has(code) || verdicts.has(keyOf(scope, node)))
        return null;
      // A loop that fails with what befell an item is the reference's to tell.
      const inside = `${scope === '' ? '' : `${scope}:`}${node}[`;
      if (loops.has(node) && [...journal.values()].some((other) => other.scope.startsWith(inside))) return null;
      return context.mayCrash || context.touched(execution) ? code : null;
    },
    taken(node, scope) {
      const step = journal.get(keyOf(scope, node));
      if (execution.forkedFrom === null || scope !== '' || !step || !loops.has(node)) return null;
      if ([...journal.values()].some((other) => other.scope.startsWith(`${node}[`))) return null;
      return step.failure ? { failure: step.failure.code } : { port: step.port ?? '', output: anyValue };
    },
    generation: (node, scope) => journal.get(keyOf(scope, node))?.generation ?? 1,
  };
}

/** How a called execution ended, read from that execution; a fork looks at the one that its origin called. */
async function calledVerdict(context: OutcomeContext, execution: Execution, step: Step, waits: boolean): Promise<Verdict | null> {
  const id = calledId(execution, step.scope, step.node, step.generation);
  const called = context.executionOf(id);
  if (!called) {
    const origin = execution.forkedFrom ? context.executionOf(execution.forkedFrom.executionId) : null;
    return origin ? calledVerdict(context, origin, step, waits) : null;
  }
  if (!waits) return { port: 'main', output: { executionId: called.id } };
  if (!isTerminal(called.status)) return null;
  if (called.status !== 'succeeded') return { failure: called.error?.code ?? '' };
  return { port: 'main', output: called.output ? await context.load(called, called.output) : null };
}
