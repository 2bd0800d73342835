/**
 * A JSON value as a table, a tree or raw text. Data is never dumped: rows come 50 at a time, long texts are cut until asked for, and what is
 * stored is shown as text, never as markup.
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { type ReactNode, useMemo, useState } from 'react';
import { formatCount } from '../lib/format.ts';
import { CopyButton } from './copy-button.tsx';
import { JsonTable } from './json-table.tsx';
import { JsonTree } from './json-tree.tsx';
import { Segmented } from './segmented.tsx';

type View = 'table' | 'tree' | 'raw';
/** Raw text above this is cut: laying out megabytes freezes a browser. */
const rawLimit = 200_000;

export function JsonView(props: {
  readonly title: string;
  readonly value: JsonValue | undefined;
  readonly empty: string;
}): ReactNode {
  const { value } = props;
  const [chosen, setView] = useState<View>('table');
  if (value === undefined || value === null)
    return <p className="text-ink-3">{value === null ? 'Empty (null).' : props.empty}</p>;
  const nested = typeof value === 'object';
  const view = nested ? chosen : 'table';
  return (
    <section className="flex flex-col gap-2" aria-label={props.title}>
      <div className="flex items-center gap-2">
        <h3 className="font-medium">{props.title}</h3>
        <span className="text-xs text-ink-3">{describe(value)}</span>
        <span className="ml-auto flex items-center gap-1">
          {nested ? (
            <Segmented
              small
              label={`${props.title} as`}
              value={view}
              onChange={setView}
              options={[
                { value: 'table', label: 'Table' },
                { value: 'tree', label: 'Tree' },
                { value: 'raw', label: 'Raw' },
              ]}
            />
          ) : null}
          <CopyValue value={value} label={`Copy ${props.title.toLowerCase()}`} />
        </span>
      </div>
      {view === 'table' ? <JsonTable value={value} /> : view === 'tree' ? <JsonTree value={value} /> : <RawText value={value} />}
    </section>
  );
}

function CopyValue(props: { readonly value: JsonValue; readonly label: string }): ReactNode {
  const text = useMemo(
    () => (typeof props.value === 'string' ? props.value : JSON.stringify(props.value, null, 2)),
    [props.value],
  );
  return <CopyButton text={text} label={props.label} />;
}

function RawText(props: { readonly value: JsonValue }): ReactNode {
  const text = useMemo(() => JSON.stringify(props.value, null, 2), [props.value]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre tabIndex={0} className="mono max-h-120 overflow-auto rounded-md bg-sunken p-3 text-xs break-words whitespace-pre-wrap">
      {text.slice(0, rawLimit)}
      {text.length > rawLimit ? `\n… ${(text.length - rawLimit).toLocaleString('en')} more characters: copy to see all` : ''}
    </pre>
  );
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return formatCount(value.length, 'item');
  if (isJsonObject(value)) return formatCount(Object.keys(value).length, 'field');
  return '';
}
