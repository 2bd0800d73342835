/** What must hold after all kills (RELIABILITY: P1 to P3, I1, I2, I3, I11), told from what clients were answered and the outside saw. */
import { type Delivery, expectedSteps } from './workload.ts';

export type Evidence = {
  readonly deliveries: readonly Delivery[];
  readonly refusals: readonly string[];
  /** Every execution that the server has, id -> status. */
  readonly executions: ReadonlyMap<string, string>;
  /** `{execution} {step}` -> key -> how often it was asked. */
  readonly effects: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

/** `faults` are the first few; none = it holds. */
export type Verdict = { readonly guarantee: string; readonly faults: readonly string[] };

export function judge(evidence: Evidence): readonly Verdict[] {
  const { deliveries, executions, effects } = evidence;
  const answered = deliveries.filter(({ executionIds }) => executionIds.length > 0);
  const ids = answered.map(({ executionIds }) => executionIds[0] ?? '');
  const known = new Set(ids);
  const orphans = [...executions.keys()].filter((id) => !known.has(id));
  const unkeyedUnanswered = deliveries.filter(({ key, unanswered }) => key === null && unanswered > 0).length;
  return [
    { guarantee: 'the server refused nothing', faults: [...evidence.refusals] },
    { guarantee: 'every accepted webhook has an execution', faults: ids.filter((id) => !executions.has(id)) },
    { guarantee: 'no execution belongs to two deliveries', faults: ids.filter((id, index) => ids.indexOf(id) !== index) },
    {
      guarantee: 'a delivery that is sent again gets the execution it started',
      faults: answered.filter(({ executionIds }) => new Set(executionIds).size > 1).map(({ key }) => String(key)),
    },
    {
      guarantee: 'nothing runs that nobody asked for',
      faults:
        orphans.length > unkeyedUnanswered ? [`${orphans.length} executions for ${unkeyedUnanswered} calls without answer`] : [],
    },
    {
      guarantee: 'every execution has succeeded',
      faults: [...executions].filter(([, status]) => status !== 'succeeded').map(([id, status]) => `${id} ${status}`),
    },
    {
      guarantee: 'no effect is missing',
      faults: [...executions.keys()].flatMap((id) =>
        expectedSteps.map((step) => `${id} ${step}`).filter((step) => !effects.has(step)),
      ),
    },
    {
      guarantee: 'no effect belongs to no execution or step',
      faults: [...effects.keys()].filter(
        (of) => !executions.has(of.split(' ')[0] ?? '') || !expectedSteps.includes(of.split(' ')[1] ?? ''),
      ),
    },
    {
      guarantee: 'an effect that is repeated carries the same key',
      faults: [...effects].filter(([, keys]) => keys.size !== 1).map(([of, keys]) => `${of}: ${[...keys.keys()].join(', ')}`),
    },
    { guarantee: 'no two steps share a key', faults: sharedKeys(effects) },
  ];
}

function sharedKeys(effects: Evidence['effects']): readonly string[] {
  const holders = new Map<string, string>();
  const faults: string[] = [];
  for (const [of, keys] of effects) {
    for (const key of keys.keys()) {
      const other = holders.get(key);
      if (other !== undefined || key === 'undefined') faults.push(`${key}: ${other} and ${of}`);
      holders.set(key, of);
    }
  }
  return faults;
}
