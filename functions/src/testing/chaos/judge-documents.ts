/** The invariants that can be told from the documents of one execution at rest (RELIABILITY I3 to I10, I14). */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Branch, Step } from '@automateos/shared/model/branch';
import { isTerminal } from '@automateos/shared/model/execution';
import { baseId } from '../../app/engine/branch-document.ts';
import { sameJson } from '../../simulator/same-json.ts';
import { isOver } from '../../simulator/watch-commits.ts';
import type { Case, Kept } from './evidence.ts';

/** Says what is wrong with an execution; nothing, if all is well. */
export type Check = (one: Case, plan: Plan) => readonly string[];

const ended: ReadonlySet<Branch['status']> = new Set(['ended', 'failed', 'stopped', 'rolled']);

/** I3: over, or waiting for something that will come. */
const rest: Check = ({ execution, branches }) => {
  const open = branches.filter(({ data }) => !ended.has(data.status));
  if (isTerminal(execution.status))
    return open.map(({ path, data }) => `${path} is ${data.status} and its execution ${execution.status}`);
  const wakes = open.some(({ data }) => data.status === 'waiting' && (data.wait?.kind === 'callback' || data.due !== null));
  return wakes && !execution.stopping ? [] : [`${execution.id} never ends: ${describe(branches)}`];
};

const describe = (branches: Case['branches']): string =>
  branches.map(({ data }) => `${data.id} ${data.status} at ${JSON.stringify(data.at)}`).join('; ');

/** I12: nothing is due for ever. */
const pending: Check = ({ execution, branches }) => {
  const faults = isTerminal(execution.status) && execution.due !== null ? [`${execution.id} is over and due`] : [];
  return [
    ...faults,
    ...branches.filter(({ data }) => ended.has(data.status) && data.due !== null).map(({ path }) => `${path} is over and due`),
  ];
};

/** I4: the parts of a chain are all there, and only the last may be anything but rolled. */
const contiguous: Check = ({ branches }) => {
  const chains = Map.groupBy(branches, ({ data }) => baseId(data.id));
  return [...chains].flatMap(([id, parts]) => {
    const inOrder = parts.toSorted((a, b) => a.data.k - b.data.k);
    const whole = inOrder.every(({ data }, at) => data.k === at);
    const rolled = inOrder.every(({ data }, at) => (data.status === 'rolled') === at < inOrder.length - 1);
    return whole && rolled ? [] : [`${id}: ${inOrder.map(({ data }) => `${data.k} ${data.status}`).join(', ')}`];
  });
};

export const stepName = ({ scope, node, generation }: Step): string => `${scope}|${node} (generation ${generation})`;

/** I5: a finished step stands in one journal, once. */
const once: Check = ({ execution, branches }) => {
  const found = new Map<string, { path: string; step: Step }>();
  const faults: string[] = [];
  for (const { path, data } of branches) {
    for (const step of data.steps.filter(isOver)) {
      const key = `${step.scope}|${step.node}`;
      const other = found.get(key);
      if (other)
        faults.push(
          `${execution.id} ${stepName(step)} stands in ${other.path} and in ${path}${sameJson(other.step, step) ? '' : ', otherwise'}`,
        );
      found.set(key, { path, step });
    }
  }
  return faults;
};

/** I8 */
const attempts: Check = ({ branches }, plan) =>
  branches.flatMap(({ path, data }) =>
    data.steps.flatMap((step) => {
      const node = plan.nodes.get(step.node);
      const most = node?.atMostOnce ? 1 : (node?.retry?.maxAttempts ?? 1);
      return step.attempt <= most ? [] : [`${path}: ${stepName(step)} took ${step.attempt} of ${most} attempts`];
    }),
  );

/** I7: a join counts each edge once, fires when it must, and lets nothing through otherwise. */
const joins: Check = ({ execution, joins: met }) =>
  met.flatMap(({ path, data }) => {
    const arrived = Object.keys(data.arrived).length;
    if (data.done !== (arrived === data.total)) return [`${path}: ${arrived} of ${data.total} edges arrived, done: ${data.done}`];
    return execution.status === 'succeeded' && !data.done ? [`${path} still waits and the execution has succeeded`] : [];
  });

/** I9 */
const status: Check = ({ execution, branches }) => {
  const { id, status: now, stopping, endedAt, error, output } = execution;
  const faults = [
    [now === 'succeeded' && stopping !== null, 'succeeded although it was being stopped'],
    [now === 'succeeded' && error !== null, 'succeeded with an error'],
    [isTerminal(now) !== (endedAt !== null), `is ${now} and ended at ${endedAt}`],
    [(now === 'failed' || now === 'timed-out') && error === null, `is ${now} without an error`],
    [
      isTerminal(now) && now !== 'succeeded' && stopping !== null && stopping.to !== now,
      `is ${now} and was to be ${stopping?.to}`,
    ],
    [now === 'succeeded' && output === null, 'succeeded without an output'],
    [
      now === 'succeeded' && branches.some(({ data }) => data.status === 'failed' || data.status === 'stopped'),
      'succeeded with a branch that did not',
    ],
  ] as const;
  return faults.flatMap(([holds, text]) => (holds ? [`${id} ${text}`] : []));
};

/** I14 */
const tenancy: Check = ({ execution, branches, joins: met, loops }) => {
  const all: readonly Kept<{ org: string; executionId: string }>[] = [...branches, ...met, ...loops];
  return all
    .filter(
      ({ path, data }) =>
        data.org !== execution.org || data.executionId !== execution.id || !path.startsWith(`organizations/${execution.org}/`),
    )
    .map(({ path, data }) => `${path} says ${data.org}, ${data.executionId}`);
};

export const checks: Readonly<Record<string, Check>> = {
  'I3 every execution is over, or waits for what will come': rest,
  'I4 journals are whole': contiguous,
  'I5 every step has one outcome': once,
  'I7 joins fire once, when all has arrived': joins,
  'I8 no step takes more attempts than it may': attempts,
  'I9 statuses agree with what is below them': status,
  'I12 nothing is due for ever': pending,
  'I14 every document is of its execution’s organization': tenancy,
};
