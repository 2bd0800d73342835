/** A nested value as disclosures: closed below the first level, so that the first look is short. */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { type ReactNode, useState } from 'react';
import { Icon } from './icon.tsx';
import { JsonLeaf } from './json-leaf.tsx';

const pageRows = 50;

export function JsonTree(props: { readonly value: JsonValue; readonly depth?: number }): ReactNode {
  const depth = props.depth ?? 0;
  const [shown, setShown] = useState(pageRows);
  const entries = entriesOf(props.value);
  if (entries === null) return <JsonLeaf value={props.value} />;
  if (entries.length === 0)
    return <span className="text-xs text-ink-3">{Array.isArray(props.value) ? 'empty list' : 'no fields'}</span>;
  return (
    <ul className="text-xs">
      {entries.slice(0, shown).map(([name, value]) => (
        <TreeRow key={name} name={name} value={value} depth={depth} />
      ))}
      {entries.length > shown ? (
        <li>
          <button type="button" className="link py-1 text-xs" onClick={() => setShown(shown + pageRows)}>
            Show {Math.min(pageRows, entries.length - shown)} more of {entries.length.toLocaleString('en')}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

function TreeRow(props: { readonly name: string; readonly value: JsonValue; readonly depth: number }): ReactNode {
  const entries = entriesOf(props.value);
  const [open, setOpen] = useState(props.depth === 0 && (entries?.length ?? 0) <= 12);
  if (entries === null || entries.length === 0) {
    return (
      <li className="flex min-h-6 gap-2 py-0.5 pl-[18px]">
        <span className="shrink-0 text-ink-3">{props.name}</span>
        <span className="min-w-0 break-words">
          <JsonTree value={props.value} depth={props.depth + 1} />
        </span>
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        className="flex min-h-6 w-full items-center gap-1 rounded-sm text-left hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'down' : 'right'} className="size-3.5!" />
        <span className="text-ink-2">{props.name}</span>
        <span className="text-2xs text-ink-3">
          {Array.isArray(props.value) ? `${entries.length} items` : `${entries.length} fields`}
        </span>
      </button>
      {open ? (
        <div className="ml-[6px] border-l border-line pl-2">
          <JsonTree value={props.value} depth={props.depth + 1} />
        </div>
      ) : null}
    </li>
  );
}

/** null: nothing inside. List items are named from 0, as expressions name them. */
function entriesOf(value: JsonValue): readonly (readonly [string, JsonValue])[] | null {
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => [String(index), item] as const);
  return isJsonObject(value) ? Object.entries(value) : null;
}
