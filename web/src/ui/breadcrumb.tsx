import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon } from './icon.tsx';

/** The pages above this one, outermost first. */
export function Breadcrumb(props: {
  readonly above: readonly { readonly to: string; readonly name: string }[];
  readonly className?: string;
}): ReactNode {
  return (
    <nav aria-label="Breadcrumb" className={`flex min-w-0 items-center gap-1.5 text-ink-3 ${props.className ?? ''}`}>
      {props.above.map(({ to, name }) => (
        <Fragment key={to}>
          <Link to={to} className="truncate rounded-xs hover:text-ink">
            {name}
          </Link>
          <Icon name="right" className="size-3.5! shrink-0" />
        </Fragment>
      ))}
    </nav>
  );
}
