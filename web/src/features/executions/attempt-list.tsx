/** Every try of a step: when, how long, how it ended. */
import type { ReactNode } from 'react';
import type { Failure, Step } from '../../lib/api/step.ts';
import { formatClock, formatDuration } from '../../lib/format.ts';
import { type StatusName, StatusShape, statusWords } from '../../ui/status.tsx';
import { triesOf } from './step-index.ts';

type Line = {
  readonly attempt: number;
  readonly status: StatusName;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: Failure | null;
};

export function AttemptList(props: { readonly step: Step }): ReactNode {
  const { step } = props;
  return (
    <ol className="flex flex-col gap-2">
      {linesOf(step).map((line) => (
        <li key={line.attempt} className="rounded-md border border-line p-3">
          <div className="flex items-center gap-2">
            <StatusShape status={line.status} label={statusWords[line.status]} />
            <span className="font-medium">Attempt {line.attempt}</span>
            <span className="ml-auto text-xs text-ink-3">
              {line.startedAt ? formatClock(line.startedAt) : ''}
              {line.startedAt && line.endedAt
                ? ` · ${formatDuration(Math.max(0, Date.parse(line.endedAt) - Date.parse(line.startedAt)))}`
                : ''}
            </span>
          </div>
          {line.failure ? (
            <p className="mt-1 text-xs break-words text-ink-2">
              {line.failure.message} <code className="text-ink-3">{line.failure.code}</code>
            </p>
          ) : null}
        </li>
      ))}
      {step.generation > 1 ? (
        <li className="text-xs text-ink-3">Retried by hand {step.generation - 1} × before. Earlier rounds are not shown.</li>
      ) : null}
    </ol>
  );
}

function linesOf(step: Step): readonly Line[] {
  const earlier = triesOf(step).map((each) => ({
    attempt: each.attempt,
    status: 'failed' as const,
    startedAt: each.startedAt ?? null,
    endedAt: each.endedAt ?? null,
    failure: each.error ?? each.failure ?? null,
  }));
  if (earlier.some((line) => line.attempt === step.attempt)) return earlier;
  return [
    ...earlier,
    {
      attempt: step.attempt,
      status: step.status,
      startedAt: step.attemptedAt ?? step.startedAt ?? null,
      endedAt: step.endedAt ?? null,
      failure: step.error ?? null,
    },
  ];
}
