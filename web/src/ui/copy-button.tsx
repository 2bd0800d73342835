import { type ReactNode, useEffect, useState } from 'react';
import { copyText } from '../lib/copy-text.ts';
import { Icon } from './icon.tsx';

/** Copies `text`; says so in place for two seconds. Without `children` it is an icon button. */
export function CopyButton(props: { readonly text: string; readonly label: string; readonly children?: ReactNode }): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const word = state === 'copied' ? 'Copied' : state === 'refused' ? 'The browser did not allow it' : props.label;
  return (
    <button
      type="button"
      className={`btn btn-sm ${props.children ? '' : 'btn-ghost btn-icon'}`}
      title={word}
      aria-label={props.children && state === 'idle' ? undefined : word}
      onClick={async () => setState((await copyText(props.text)) ? 'copied' : 'refused')}
    >
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      {props.children}
      <span className="sr-only" aria-live="polite">
        {state === 'idle' ? '' : word}
      </span>
    </button>
  );
}
