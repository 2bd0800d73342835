import type { ReactNode } from 'react';
import { StatusShape } from '../../ui/status.tsx';
import type { DefinitionCheck } from './use-definition-text.ts';

/** What the last check of the text said, in three words. */
export function CheckState(props: { readonly check: DefinitionCheck }): ReactNode {
  const { check } = props;
  if (check.fault) {
    return (
      <span className="inline-flex items-center gap-1.5 text-xs text-failed" title={check.fault.message}>
        <StatusShape status="failed" />
        Could not be checked
      </span>
    );
  }
  if (check.checking) return <span className="text-xs text-ink-3">Checking</span>;
  if (check.problems.length > 0) {
    return (
      <span className="inline-flex items-center gap-1.5 text-xs text-invalid">
        <StatusShape status="invalid" />
        Needs attention
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-xs text-ink-2">
      <StatusShape status="succeeded" />
      No problems
    </span>
  );
}
