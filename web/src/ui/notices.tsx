/** Empty, loading and failed states. Errors say what happened, why, and what to do, in this order; codes come last. */
import type { ReactNode } from 'react';
import { asFailure } from '../lib/problem-error.ts';
import { CopyButton } from './copy-button.tsx';
import { StatusShape } from './status.tsx';

export function EmptyState(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <div className="flex flex-wrap items-start gap-3 p-4 sm:flex-nowrap">
      {props.icon}
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h2 className="text-base font-semibold">{props.title}</h2>
        <div className="flex max-w-160 flex-col gap-2 text-ink-2">{props.children}</div>
      </div>
      {props.action}
    </div>
  );
}

/** A command to copy, in its own scrolling box. */
export function CommandLine(props: { readonly text: string; readonly label: string }): ReactNode {
  return (
    <div className="flex items-start gap-2 rounded-md bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 text-xs break-all whitespace-pre-wrap text-ink">{props.text}</code>
      <CopyButton text={props.text} label={props.label} />
    </div>
  );
}

export function ErrorNotice(props: {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  const failure = asFailure(props.error);
  const report = `${props.title}\n${failure.message}\ncode ${failure.code}${failure.requestId ? `\nrequest ${failure.requestId}` : ''}`;
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-md bg-failed-soft p-3">
      <div className="flex items-start gap-2">
        <span className="pt-0.5">
          <StatusShape status="failed" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="font-semibold">{props.title}</p>
          <p className="break-words text-ink-2">{failure.message}</p>
          {props.children}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2 pl-6 text-xs text-ink-2">
        {props.onRetry ? (
          <button type="button" className="btn btn-sm" onClick={props.onRetry}>
            Try again
          </button>
        ) : null}
        <span>
          Code <code>{failure.code}</code>
          {failure.requestId ? (
            <>
              {' '}
              · request <code>{failure.requestId}</code>
            </>
          ) : null}
        </span>
        <CopyButton text={report} label="Copy report" />
      </div>
    </div>
  );
}

/** Rows shaped like the list that is on its way; appears only if loading takes longer than a blink. */
export function SkeletonRows(props: { readonly rows?: number; readonly label: string }): ReactNode {
  return (
    <div role="status" className="late">
      <span className="sr-only">{props.label}</span>
      {Array.from({ length: props.rows ?? 5 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className="flex h-13 items-center gap-3 border-b border-line px-3 last:border-0" aria-hidden="true">
          <span className="h-8 w-8 rounded-md bg-press" />
          <span className="flex flex-1 flex-col gap-2">
            <span className="h-2 w-2/5 rounded-full bg-press" />
            <span className="h-2 w-1/4 rounded-full bg-hover" />
          </span>
        </div>
      ))}
    </div>
  );
}
