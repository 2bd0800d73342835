import type { JsonValue } from '@automateos/shared/model/json';
import { type ReactNode, useState } from 'react';

const longText = 300;

/** One value that has nothing inside. Long text opens on demand; anything nested is the tree's business. */
export function JsonLeaf(props: { readonly value: JsonValue }): ReactNode {
  const { value } = props;
  const [open, setOpen] = useState(false);
  if (value === null) return <span className="text-ink-3">null</span>;
  if (typeof value === 'boolean' || typeof value === 'number') return <span className="mono">{String(value)}</span>;
  if (typeof value !== 'string') return null;
  if (value === '') return <span className="text-ink-3">empty text</span>;
  if (value.length <= longText) return <span className="whitespace-pre-wrap">{value}</span>;
  return (
    <span className="whitespace-pre-wrap">
      {open ? value : `${value.slice(0, longText)}… `}
      <button type="button" className="link text-xs" onClick={() => setOpen(!open)}>
        {open ? ' Less' : `${(value.length - longText).toLocaleString('en')} more characters`}
      </button>
    </span>
  );
}
