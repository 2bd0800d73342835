import type { ReactNode } from 'react';
import { StatusShape } from './status.tsx';

/** Why a form was not taken: read out at once, above its button. */
export function FaultLine(props: { readonly id?: string; readonly children: ReactNode }): ReactNode {
  if (!props.children) return null;
  return (
    <p id={props.id} role="alert" className="flex items-start gap-2 break-words text-failed">
      <span className="pt-0.5">
        <StatusShape status="failed" />
      </span>
      <span className="min-w-0 flex-1">{props.children}</span>
    </p>
  );
}
