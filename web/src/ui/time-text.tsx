import type { ReactNode } from 'react';
import { formatAgo, formatMoment } from '../lib/format.ts';
import { useNow } from '../lib/use-now.ts';

/** Relative time with the exact one behind it. */
export function TimeAgo(props: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={props.at} title={formatMoment(props.at, now, { seconds: true })}>
      {formatAgo(props.at, now)}
    </time>
  );
}

export function Moment(props: { readonly at: string }): ReactNode {
  const now = useNow(false);
  return (
    <time dateTime={props.at} title={props.at}>
      {formatMoment(props.at, now, { seconds: true })}
    </time>
  );
}
