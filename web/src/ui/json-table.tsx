/** Objects as rows of name and value; lists of objects as columns; 50 rows at a time. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { type ReactNode, useState } from 'react';
import { JsonLeaf } from './json-leaf.tsx';
import { JsonTree } from './json-tree.tsx';

const pageRows = 50;
const maxColumns = 8;

export function JsonTable(props: { readonly value: JsonValue }): ReactNode {
  const { value } = props;
  if (Array.isArray(value)) return <ListTable items={value} />;
  if (isJsonObject(value)) return <FieldTable value={value} />;
  return <JsonLeaf value={value} />;
}

function FieldTable(props: { readonly value: JsonObject }): ReactNode {
  const [shown, setShown] = useState(pageRows);
  const entries = Object.entries(props.value);
  if (entries.length === 0) return <p className="text-xs text-ink-3">No fields.</p>;
  return (
    <div className="overflow-x-auto">
      <table className="values">
        <tbody>
          {entries.slice(0, shown).map(([name, value]) => (
            <tr key={name}>
              <th scope="row" className="w-28">
                {name}
              </th>
              <td>{isNested(value) ? <JsonTree value={value} /> : <JsonLeaf value={value} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More shown={shown} total={entries.length} onMore={() => setShown(shown + pageRows)} />
    </div>
  );
}

function ListTable(props: { readonly items: readonly JsonValue[] }): ReactNode {
  const [shown, setShown] = useState(pageRows);
  const page = props.items.slice(0, shown);
  const columns = columnsOf(page);
  if (props.items.length === 0) return <p className="text-xs text-ink-3">No items.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label="Items">
      <table className="values">
        <thead>
          <tr>
            <th scope="col">#</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            {columns.length === 0 ? <th scope="col">value</th> : null}
          </tr>
        </thead>
        <tbody>
          {page.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is a stored value; its rows never move
            <tr key={index}>
              <th scope="row">{index + 1}</th>
              {columns.length === 0 ? (
                <td>{isNested(item) ? <JsonTree value={item} /> : <JsonLeaf value={item} />}</td>
              ) : (
                columns.map((column) => <td key={column}>{cell(item, column)}</td>)
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <More shown={shown} total={props.items.length} onMore={() => setShown(shown + pageRows)} />
    </section>
  );
}

function cell(item: JsonValue, column: string): ReactNode {
  const value = isJsonObject(item) && Object.hasOwn(item, column) ? item[column] : undefined;
  if (value === undefined) return null;
  return isNested(value) ? <JsonTree value={value} /> : <JsonLeaf value={value} />;
}

/** Names of the fields, if every item is an object; else none, and items are shown whole. */
function columnsOf(items: readonly JsonValue[]): readonly string[] {
  const names = new Set<string>();
  for (const item of items) {
    if (!isJsonObject(item)) return [];
    for (const name of Object.keys(item)) names.add(name);
  }
  return names.size > maxColumns ? [] : [...names];
}

function isNested(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null;
}

function More(props: { readonly shown: number; readonly total: number; readonly onMore: () => void }): ReactNode {
  const left = props.total - props.shown;
  if (left <= 0) return null;
  return (
    <button type="button" className="btn btn-sm mt-2" onClick={props.onMore}>
      Show {Math.min(left, pageRows)} more of {props.total.toLocaleString('en')}
    </button>
  );
}
