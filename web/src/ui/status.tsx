/**
 * How something is doing: colour, shape and word together. Ten silhouettes, no two alike in grey, so that colour never carries the meaning
 * alone.
 */
import type { ReactNode } from 'react';

const shapes = {
  queued: (
    <>
      <circle cx="8" cy="8" r="5.5" strokeDasharray="2.4 2.2" />
      <circle fill="currentColor" stroke="none" cx="8" cy="8" r="1.4" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.5" opacity=".25" strokeWidth="2" />
      <path d="M8 2.500A5.5 5.5 0 0 1 13.5 8" strokeWidth="2" />
    </>
  ),
  waiting: (
    <>
      <path d="M4 2h8M4 14h8M5 2v2.500L8 8l3-3.500V2M5 14v-2.500L8 8l3 3.500V14" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M6.5 5.800v4.400M9.5 5.800v4.4" />
    </>
  ),
  succeeded: (
    <>
      <circle fill="currentColor" stroke="none" cx="8" cy="8" r="6.3" />
      <path fill="none" stroke="var(--icon-ground, var(--color-surface))" d="m5.3 8.2 1.9 1.9 3.5-4" strokeWidth="1.7" />
    </>
  ),
  failed: (
    <>
      <path fill="currentColor" stroke="none" d="M5.4 1.700h5.200l3.7 3.700v5.200l-3.7 3.700H5.400l-3.7-3.700V5.400z" />
      <path
        fill="none"
        stroke="var(--icon-ground, var(--color-surface))"
        d="m5.9 5.9 4.2 4.200M10.1 5.900l-4.2 4.2"
        strokeWidth="1.7"
      />
    </>
  ),
  'timed-out': (
    <>
      <circle cx="8" cy="9" r="4.9" />
      <path d="M8 6.500V9M6.3 1.800h3.400M12.3 4.200l.9.9" />
      <circle fill="currentColor" stroke="none" cx="8" cy="11" r=".9" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
  skipped: (
    <>
      <path d="m3.5 4.5 3.5 3.5-3.5 3.500M8.5 4.5 12 8l-3.5 3.5" />
    </>
  ),
  invalid: (
    <>
      <path
        fill="currentColor"
        stroke="none"
        d="M8 1.9 14.6 13.200a.7.7 0 0 1-.6 1H2a.7.7 0 0 1-.6-1z"
        transform="translate(0 -.3)"
      />
      <path fill="none" stroke="var(--icon-ground, var(--color-surface))" d="M8 6v3.400M8 11.500v.1" strokeWidth="1.7" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type StatusName = keyof typeof shapes;

export const statusWords: Readonly<Record<StatusName, string>> = {
  queued: 'Queued',
  running: 'Running',
  waiting: 'Waiting',
  paused: 'Paused',
  succeeded: 'Succeeded',
  failed: 'Failed',
  'timed-out': 'Timed out',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
  invalid: 'Needs attention',
};

/** Written out so that the style sheet's scanner finds every class. */
const inks: Readonly<Record<StatusName, string>> = {
  queued: 'text-queued',
  running: 'text-running',
  waiting: 'text-waiting',
  paused: 'text-paused',
  succeeded: 'text-succeeded',
  failed: 'text-failed',
  'timed-out': 'text-timed-out',
  cancelled: 'text-cancelled',
  skipped: 'text-skipped',
  invalid: 'text-invalid',
};
const grounds: Readonly<Record<StatusName, string>> = {
  queued: 'bg-queued-soft',
  running: 'bg-running-soft',
  waiting: 'bg-waiting-soft',
  paused: 'bg-paused-soft',
  succeeded: 'bg-succeeded-soft',
  failed: 'bg-failed-soft',
  'timed-out': 'bg-timed-out-soft',
  cancelled: 'bg-cancelled-soft',
  skipped: 'bg-skipped-soft',
  invalid: 'bg-invalid-soft',
};

/** The shape alone; give it a `label` unless the word stands beside it. */
export function StatusShape(props: { readonly status: StatusName; readonly label?: string }): ReactNode {
  const { status, label } = props;
  const className = `icon ${inks[status]} ${status === 'running' ? 'spin' : ''}`;
  if (label === undefined) {
    return (
      <svg viewBox="0 0 16 16" className={className} aria-hidden="true">
        {shapes[status]}
      </svg>
    );
  }
  return (
    <svg viewBox="0 0 16 16" className={className} role="img" aria-label={label}>
      {shapes[status]}
    </svg>
  );
}

/** Soft ground, shape and word. `children` replace the word ("Failed at Refund payment"). */
export function StatusBadge(props: { readonly status: StatusName; readonly children?: ReactNode }): ReactNode {
  return (
    <span className={`status ${inks[props.status]} ${grounds[props.status]}`}>
      <StatusShape status={props.status} />
      <span className="truncate">{props.children ?? statusWords[props.status]}</span>
    </span>
  );
}
