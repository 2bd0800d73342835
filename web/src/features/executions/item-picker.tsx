/** Which item of a loop the inspector shows: number field with previous and next, and a way to the first failed one. */
import { type ReactNode, useMemo } from 'react';
import type { Step } from '../../lib/api/step.ts';
import { Icon } from '../../ui/icon.tsx';
import { parseScope } from './step-index.ts';

export function ItemPicker(props: {
  readonly siblings: readonly Step[];
  readonly scope: string;
  readonly onScope: (scope: string) => void;
}): ReactNode {
  const scopes = useMemo(() => [...new Set(props.siblings.map((step) => step.scope))].sort(byItem), [props.siblings]);
  const failed = props.siblings.filter((step) => step.status === 'failed');
  if (scopes.length < 2) return null;
  const at = Math.max(0, scopes.indexOf(props.scope));
  const go = (to: number): void => {
    const scope = scopes[(to + scopes.length) % scopes.length];
    if (scope !== undefined) props.onScope(scope);
  };
  const nextFailed = failed.find((step) => scopes.indexOf(step.scope) > at) ?? failed[0];
  return (
    <div className="flex items-center gap-2 px-4 pb-2 text-xs">
      <button type="button" className="btn btn-sm btn-icon" aria-label="Previous item" onClick={() => go(at - 1)}>
        <Icon name="left" />
      </button>
      <span aria-live="polite">
        Item {(at + 1).toLocaleString('en')} of {scopes.length.toLocaleString('en')}
      </span>
      <button type="button" className="btn btn-sm btn-icon" aria-label="Next item" onClick={() => go(at + 1)}>
        <Icon name="right" />
      </button>
      {nextFailed ? (
        <button type="button" className="btn btn-sm ml-auto" onClick={() => props.onScope(nextFailed.scope)}>
          Next failed ({failed.length.toLocaleString('en')})
        </button>
      ) : null}
    </div>
  );
}

/** Scopes in the order of their items. */
export function byItem(a: string, b: string): number {
  const left = parseScope(a);
  const right = parseScope(b);
  if (!left || !right) return 0;
  return left.parent === right.parent
    ? left.index - right.index
    : byItem(left.parent, right.parent) || left.parent.localeCompare(right.parent);
}
