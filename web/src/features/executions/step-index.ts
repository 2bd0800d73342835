/** Steps grouped the way people ask for them: by node, and by item of a loop. Built once per change. */
import type { Step, StepStatus } from '../../lib/api/step.ts';
import type { StepKey } from './step-store.ts';

const itemPattern = /^(?:(.*):)?([A-Za-z][A-Za-z0-9_-]*)\[(\d+)\]$/;

export type ParsedScope = { readonly parent: string; readonly container: string; readonly index: number };

/** null for the workflow itself. */
export function parseScope(scope: string): ParsedScope | null {
  const match = itemPattern.exec(scope);
  return match ? { parent: match[1] ?? '', container: match[2] ?? '', index: Number(match[3]) } : null;
}

export function itemScope(parent: string, container: string, index: number): string {
  return parent === '' ? `${container}[${index}]` : `${parent}:${container}[${index}]`;
}

export type StepIndex = {
  readonly byNode: ReadonlyMap<string, readonly Step[]>;
  /** `{parent scope}|{container}` -> item -> its steps, those of loops inside included. */
  readonly items: ReadonlyMap<string, ReadonlyMap<number, readonly Step[]>>;
};

export function indexSteps(steps: ReadonlyMap<StepKey, Step>): StepIndex {
  const byNode = new Map<string, Step[]>();
  const items = new Map<string, Map<number, Step[]>>();
  for (const step of steps.values()) {
    push(byNode, step.nodeId, step);
    let scope = parseScope(step.scope);
    while (scope) {
      const key = `${scope.parent}|${scope.container}`;
      let ofLoop = items.get(key);
      if (!ofLoop) {
        ofLoop = new Map();
        items.set(key, ofLoop);
      }
      push(ofLoop, scope.index, step);
      scope = parseScope(scope.parent);
    }
  }
  return { byNode, items };
}

function push<K>(map: Map<K, Step[]>, key: K, step: Step): void {
  const list = map.get(key);
  if (list) list.push(step);
  else map.set(key, [step]);
}

/** What a group says as one: trouble first, then what moves, then what is done. */
export function summaryStatus(steps: readonly Step[]): StepStatus {
  let best: StepStatus = 'skipped';
  for (const step of steps) {
    const status = step.status === 'failed' && step.handled ? 'succeeded' : step.status;
    if (order.indexOf(status) < order.indexOf(best)) best = status;
  }
  return best;
}

const order: readonly StepStatus[] = ['failed', 'running', 'waiting', 'queued', 'cancelled', 'succeeded', 'skipped'];

export function spanOf(steps: readonly Step[]): { readonly start: number; readonly end: number | null } | null {
  let start = Number.POSITIVE_INFINITY;
  let end: number | null = 0;
  for (const step of steps) {
    if (!step.startedAt) continue;
    start = Math.min(start, Date.parse(step.startedAt));
    if (!step.endedAt) end = null;
    else if (end !== null) end = Math.max(end, Date.parse(step.endedAt));
  }
  return Number.isFinite(start) ? { start, end } : null;
}

/** Earlier tries that failed, then the one that stands. */
export function triesOf(step: Step): NonNullable<Step['tries']> {
  return step.tries ?? step.attempts ?? [];
}
