import type { ReactNode } from 'react';
import type { LogLine } from '../../lib/api/execution.ts';
import { formatClock } from '../../lib/format.ts';

const inks: Readonly<Record<string, string>> = { error: 'text-failed', warn: 'text-invalid', warning: 'text-invalid' };

/** Log lines as rows: time, level, step, text. `nameOf` is null where the step goes without saying. */
export function LogLines(props: {
  readonly lines: readonly LogLine[];
  readonly nameOf: ((nodeId: string) => string) | null;
}): ReactNode {
  return (
    <ol className="mono text-xs leading-6">
      {props.lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended, and equal ones exist
        <li key={at} className="flex flex-wrap gap-x-2.5">
          <span className="text-ink-3">{line.at ? formatClock(line.at) : ''}</span>
          <span className={`w-9 ${inks[line.level] ?? 'text-ink-3'}`}>{line.level}</span>
          {props.nameOf && line.nodeId ? <span className="w-26 truncate text-ink-2">{props.nameOf(line.nodeId)}</span> : null}
          <span className="min-w-0 flex-1 basis-40 break-words whitespace-pre-wrap">{line.message}</span>
        </li>
      ))}
    </ol>
  );
}
