/** I10, I13, I16: every execution against the simulator's reference, and whether it ended as the definition alone foretells. */
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import type { Execution } from '@automateos/shared/model/execution';
import { checkOutcome, type OutcomeContext } from '../../simulator/check-outcome.ts';
import { createJournals } from '../../simulator/journals.ts';
import { Violation } from '../../simulator/violation.ts';
import { isOver } from '../../simulator/watch-commits.ts';
import type { Case, Evidence } from './evidence.ts';
import { bare } from './outside.ts';

/** What a process that was killed, or stood still, costs a step. */
const ofEnvironment: ReadonlySet<string> = new Set(['CRASHED', 'INTERRUPTED', 'TIMEOUT', 'HTTP_TIMEOUT']);

export type Outcomes = {
  /** By invariant. */
  readonly faults: ReadonlyMap<string, readonly string[]>;
  /** Of the executions that nobody touched. */
  readonly untouched: number;
  readonly asForetold: number;
};

export async function judgeOutcomes(evidence: Evidence, cases: ReadonlyMap<string, Case>): Promise<Outcomes> {
  const context = contextOf(evidence, cases);
  const faults = new Map<string, string[]>();
  let untouched = 0;
  let asForetold = 0;
  for (const { execution } of cases.values()) {
    try {
      const outcome = await checkOutcome(context, execution);
      if (outcome.touched) continue;
      untouched += 1;
      if (outcome.asForetold) asForetold += 1;
    } catch (error) {
      const invariant = error instanceof Violation ? error.invariant : 'no defect';
      faults.set(invariant, [...(faults.get(invariant) ?? []), error instanceof Error ? error.message : String(error)]);
    }
  }
  return { faults, untouched, asForetold };
}

function contextOf(evidence: Evidence, cases: ReadonlyMap<string, Case>): OutcomeContext {
  const executionOf = (id: string): Execution | null => cases.get(id)?.execution ?? null;
  const journals = createJournals((id) => executionOf(id)?.org ?? '');
  for (const { execution, branches } of cases.values()) {
    const journal = journals.of(execution.id);
    const steps = branches.flatMap(({ path, data }) => data.steps.filter(isOver).map((step) => ({ path, step })));
    // the order in which compensations ran is told by their times
    for (const { path, step } of steps.toSorted((a, b) => ((a.step.endedAt ?? '') < (b.step.endedAt ?? '') ? -1 : 1)))
      journal.finish(path, step);
  }
  const deadLetters = new Set(
    evidence.documents.filter(({ path }) => path.includes('/dead-letters/')).map(({ data }) => String(data.executionId)),
  );
  const touched = (execution: Execution): boolean => {
    if (evidence.cancelled.has(execution.id)) return true;
    const caller = execution.parent === null ? null : executionOf(execution.parent.executionId);
    return caller !== null && (caller.status !== 'succeeded' || touched(caller));
  };
  return {
    journals,
    executionOf,
    planOf: evidence.planOf,
    load: async (execution, stored) => bare(await evidence.load(execution, stored)),
    evaluator: createNativeEvaluator(),
    touched,
    heardOf: () => 0,
    hasDeadLetter: (id) => deadLetters.has(id),
    mayCrash: true,
    ofEnvironment,
  };
}
