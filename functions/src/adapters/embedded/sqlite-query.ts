/**
 * Turns a query into SQL over index columns, as far as it can: conditions on other fields stay behind as `rest` and an order over other
 * fields as `unordered`, both finished in JavaScript by the rules that the fake uses too. Values are always bound, never spliced.
 */
import { type Cursor, type Order, orderOf, pathDirection } from '@automateos/shared/documents/document-query';
import type { JsonPrimitive } from '@automateos/shared/model/json';
import type { Query, Where } from '@automateos/shared/ports/document-store';
import { columnValue, isBlurred, typeBounds } from './sqlite-columns.ts';
import type { Value } from './sqlite-driver.ts';
import { fieldColumn, type TableLayout } from './sqlite-layout.ts';
import { quoted } from './sqlite-schema.ts';

export type Plan = {
  /** From FROM on; SELECT with its columns goes before. */
  readonly sql: string;
  readonly values: readonly Value[];
  /** Conditions that SQL does not check. */
  readonly rest: readonly Where[];
  /** True where rows come out of order and the cursor is not applied: JavaScript sorts and pages. */
  readonly unordered: boolean;
  /** True where SQL may hand out documents of another collection: JavaScript looks at the path. */
  readonly foreign: boolean;
};

type Condition = { readonly sql: string; readonly values: readonly Value[] };

/** The collection group that a query's documents are of. */
export const groupOfQuery = ({ collection, group }: Query): string =>
  group ? collection : collection.slice(collection.lastIndexOf('/') + 1);

export function planQuery(table: TableLayout, query: Query): Plan {
  const hasColumn = (field: string): boolean => table.fields.includes(field);
  const order = orderOf(query);
  const direction = pathDirection(order);
  const ordered = order.every(([field, way]) => hasColumn(field) && way === direction) || order.length === 0;
  const pushed: Condition[] = [];
  const rest: Where[] = [];
  for (const clause of query.where ?? []) {
    const condition = hasColumn(clause[0]) ? conditionOf(clause) : null;
    if (condition) pushed.push(condition);
    else rest.push(clause);
  }
  for (const [field] of order) if (hasColumn(field)) pushed.push({ sql: `${column(field)} IS NOT NULL`, values: [] });
  if (ordered && query.startAfter) pushed.push(...cursorConditions(order, query.startAfter));
  const exact = rest.length === 0 && ordered;
  const scope = scopeOf(table, query, pushed.length > 0);
  const foreign = scope.foreign;
  const conditions = [...scope.conditions, ...pushed];
  const where = conditions.length > 0 ? ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : '';
  const columns = [...order.map(([field]) => column(field)), 'path'];
  const by = ordered ? ` ORDER BY ${columns.map((name) => `${name} ${direction}`).join(', ')}` : '';
  const limited = exact && !foreign && query.limit !== undefined;
  return {
    sql: `FROM ${quoted(table.name)}${where}${by}${limited ? ' LIMIT ?' : ''}`,
    values: [...conditions.flatMap(({ values }) => values), ...(limited ? [query.limit ?? 0] : [])],
    rest,
    unordered: !ordered,
    foreign,
  };
}

const column = (field: string): string => quoted(fieldColumn(field));

/** A collection is its `parent` where rows have one, else the range of paths under it, in which deeper ones lie too. */
function scopeOf(table: TableLayout, query: Query, selective: boolean): { conditions: readonly Condition[]; foreign: boolean } {
  if (query.group) return { conditions: [], foreign: table.group === null };
  // "0" is the character after "/"
  const range: Condition = { sql: 'path > ? AND path < ?', values: [`${query.collection}/`, `${query.collection}0`] };
  if (!table.byParent) return { conditions: [range], foreign: true };
  if (selective) return { conditions: [{ sql: 'parent = ?', values: [query.collection] }], foreign: false };
  // the plus keeps SQLite from an index on `parent`, which would have to sort by path
  return { conditions: [range, { sql: '+parent = ?', values: [query.collection] }], foreign: false };
}

const comparisons = { '==': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

/** null where SQL cannot say it. */
function conditionOf([field, op, value]: Where): Condition | null {
  const name = column(field);
  if (op === 'array-contains') return null;
  if (typeof value === 'object' && value !== null) {
    if (op !== 'in' || value.some(isBlurred)) return null;
    return { sql: `${name} IN (${value.map(() => '?').join(', ')})`, values: value.map(columnValue) };
  }
  if (op === 'in' || isBlurred(value)) return null;
  const condition: Condition = { sql: `${name} ${comparisons[op]} ?`, values: [columnValue(value)] };
  return op === '==' ? condition : withinType(name, op, value, condition);
}

/** A comparison finds values of its own type only; SQLite alone would put every number before every text. */
function withinType(name: string, op: '<' | '<=' | '>' | '>=', value: JsonPrimitive, condition: Condition): Condition | null {
  const bounds = typeBounds(value);
  if (!bounds) return null;
  const [from, to] = bounds;
  const other: Condition =
    op === '<' || op === '<=' ? { sql: `${name} >= ?`, values: [from] } : { sql: `${name} < ?`, values: [to] };
  return { sql: `${condition.sql} AND ${other.sql}`, values: [...condition.values, ...other.values] };
}

/** Rows after the cursor: one row-value comparison, which SQLite can seek by. */
function cursorConditions(order: readonly Order[], cursor: Cursor): Condition[] {
  const names = [...order.map(([field]) => column(field)), 'path'];
  const values = [...cursor.values.map(columnValue), cursor.path];
  const sign = pathDirection(order) === 'asc' ? '>' : '<';
  return [{ sql: `(${names.join(', ')}) ${sign} (${names.map(() => '?').join(', ')})`, values }];
}
