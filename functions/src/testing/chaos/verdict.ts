/**
 * Whether the invariants hold once everything is at rest (RELIABILITY.md, I1 to I16 as far as documents can tell), guarantee by guarantee.
 * What only a sequence of commits can tell is the simulator's.
 */
import { isTerminal } from '@automateos/shared/model/execution';
import { type Case, casesOf, type Evidence } from './evidence.ts';
import { checks } from './judge-documents.ts';
import { judgeEffects } from './judge-effects.ts';
import { judgeOutcomes } from './judge-outcomes.ts';

/** `faults`: none = it holds. */
export type Verdict = { readonly guarantee: string; readonly faults: readonly string[] };

export type Judgement = {
  readonly verdicts: readonly Verdict[];
  readonly executions: number;
  readonly steps: number;
  readonly untouched: number;
  readonly asForetold: number;
  /** Of a branch, join or loop, and whose they are. */
  readonly mostWrites: { readonly writes: number; readonly path: string };
};

/** Kills and stops excuse a step now and then; a run in which they excuse much proves little. */
const leastForetold = 0.95;

export async function judge(evidence: Evidence): Promise<Judgement> {
  const cases = casesOf(evidence.documents);
  const all = [...cases.values()];
  const effects = judgeEffects(evidence, all);
  const outcomes = await judgeOutcomes(evidence, cases);
  const { untouched, asForetold } = outcomes;
  const foretold = asForetold >= leastForetold * untouched ? [] : [`${asForetold} of ${untouched} ended as foretold`];
  const verdicts: Verdict[] = [
    ...judgeStarts(evidence, cases),
    ...Object.entries(checks).map(([guarantee, check]) => ({
      guarantee,
      faults: all.flatMap((one) => check(one, evidence.planOf(one.execution))),
    })),
    { guarantee: 'I11 no two steps share a key', faults: effects.shared },
    { guarantee: 'I11 no effect without a step that was started', faults: effects.unknown },
    { guarantee: 'I11 no effect is missing', faults: effects.missing },
    { guarantee: 'I11 at most once is at most once', faults: effects.repeated },
    { guarantee: 'I12 a dead letter names an execution that is over', faults: judgeDeadLetters(evidence, cases) },
    {
      guarantee: 'I10, I13, I16 every outcome is the foretold one, and every failure has a cause',
      faults: [...outcomes.faults].flatMap(([, texts]) => texts),
    },
    { guarantee: 'nearly all end as if nothing had happened', faults: foretold },
  ];
  const steps = all.reduce((sum, { branches }) => sum + branches.reduce((own, { data }) => own + data.steps.length, 0), 0);
  return { verdicts, executions: cases.size, steps, untouched, asForetold, mostWrites: mostWritesOf(all) };
}

function judgeStarts({ promises, documents }: Evidence, cases: ReadonlyMap<string, Case>): readonly Verdict[] {
  const promised = promises.flatMap(({ executionIds }) => executionIds);
  const started = [...cases.values()].filter(({ execution }) => execution.trigger.kind === 'webhook');
  const byDelivery = Map.groupBy(started, ({ execution }) => `${execution.workflowId} ${execution.trigger.deliveryId}`);
  const wanted = new Set(promises.map(({ key }) => key));
  const parents = new Set(
    documents.filter(({ path }) => path.includes('/executions/')).map(({ path }) => path.split('/')[3] ?? ''),
  );
  return [
    {
      guarantee: 'I1 every accepted start exists',
      faults: [
        ...promises.filter(({ executionIds }) => executionIds.length === 0).map(({ key }) => `${key} was never accepted`),
        ...promised.filter((id) => !cases.has(id)),
      ],
    },
    { guarantee: 'I1 no document is left without its execution', faults: [...parents].filter((id) => !cases.has(id)) },
    {
      guarantee: 'I2 a key has one execution',
      faults: [
        ...promises
          .filter(({ executionIds }) => new Set(executionIds).size > 1)
          .map(({ key, executionIds }) => `${key}: ${executionIds.join()}`),
        ...[...byDelivery]
          .filter(([, made]) => made.length > 1)
          .map(([delivery, made]) => `${delivery}: ${made.map(({ execution }) => execution.id).join()}`),
      ],
    },
    {
      guarantee: 'nothing runs that nobody asked for',
      faults: started
        .filter(({ execution }) => !wanted.has(execution.trigger.deliveryId ?? ''))
        .map(({ execution }) => execution.id),
    },
  ];
}

function judgeDeadLetters({ documents }: Evidence, cases: ReadonlyMap<string, Case>): readonly string[] {
  const letters = documents.filter(({ path }) => path.includes('/dead-letters/'));
  return letters.flatMap(({ path, data }) => {
    if (data.executionId === null) return []; // a message that named none
    const of = cases.get(String(data.executionId));
    return of && isTerminal(of.execution.status)
      ? []
      : [`${path} names ${String(data.executionId)}, which is ${of?.execution.status ?? 'not there'}`];
  });
}

/** A revision is a write; the first is 0. */
function mostWritesOf(cases: readonly Case[]): Judgement['mostWrites'] {
  const counted = cases.flatMap(({ branches, joins, loops }) =>
    [...branches, ...joins, ...loops].map(({ path, data }) => ({ path, writes: data.rev + 1 })),
  );
  return counted.reduce((most, one) => (one.writes > most.writes ? one : most), { writes: 0, path: 'nothing' });
}
