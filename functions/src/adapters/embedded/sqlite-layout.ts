/**
 * The tables and indexes that firestore.indexes.json asks for, as data. A collection group with an indexed field has a table of its own
 * with one real column per field; all other groups share the table `documents`. Every name here comes from that file, never
 * from a user, and is checked against a narrow alphabet before it becomes SQL.
 */
import { z } from 'zod';

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/);
const Direction = z.enum(['ASCENDING', 'DESCENDING']);
const Scope = z.enum(['COLLECTION', 'COLLECTION_GROUP']);

/** firestore.indexes.json, as far as SQLite follows it: array and vector indexes are passed over (such queries scan). */
export const IndexFile = z.object({
  indexes: z.array(
    z.object({
      collectionGroup: Name,
      queryScope: Scope,
      fields: z.array(z.object({ fieldPath: Name, order: Direction.optional() })).min(1),
    }),
  ),
  fieldOverrides: z.array(
    z.object({
      collectionGroup: Name,
      /** `*`, without indexes, is for Firestore, which would else index every field. */
      fieldPath: z.union([Name, z.literal('*')]),
      indexes: z.array(z.object({ order: Direction.optional(), queryScope: Scope.default('COLLECTION') })),
    }),
  ),
});
export type IndexFile = z.infer<typeof IndexFile>;

export type IndexLayout = {
  readonly name: string;
  /** In index order; `parent` first where the index serves one collection at a time, `path` last where many documents share a value. */
  readonly columns: readonly string[];
  /** The column without which a row has no entry: that of a single-field index, as `due` is absent from most documents. */
  readonly sparse: string | null;
};

export type TableLayout = {
  readonly name: string;
  /** The one collection group in this table; null for the shared table. */
  readonly group: string | null;
  /** Dotted fields that have a column, in column order. */
  readonly fields: readonly string[];
  readonly indexes: readonly IndexLayout[];
  /** True where an index serves one collection at a time, so that rows need their collection in a column. */
  readonly byParent: boolean;
};

export type Layout = { readonly shared: TableLayout; readonly byGroup: ReadonlyMap<string, TableLayout> };

export const allTables = ({ shared, byGroup }: Layout): readonly TableLayout[] => [shared, ...byGroup.values()];
export const tableFor = ({ shared, byGroup }: Layout, group: string): TableLayout => byGroup.get(group) ?? shared;

type Wanted = { readonly group: string; readonly scope: z.infer<typeof Scope>; readonly fields: readonly string[] };

/** Columns that every table has; a document field of one of these names still gets its own, because fields are prefixed. */
export const fieldColumn = (field: string): string => `f:${field}`;

export function layoutOf(file: IndexFile): Layout {
  const shared = { name: 'documents', group: null, fields: [], indexes: [], byParent: false };
  const byGroup = new Map<string, TableLayout>();
  for (const [group, wanted] of Map.groupBy(wantedIndexes(file), (one) => one.group)) {
    const fields = [...new Set(wanted.flatMap((one) => one.fields))].sort();
    byGroup.set(group, {
      name: `g:${group}`,
      group,
      fields,
      indexes: indexesOf(group, wanted),
      byParent: wanted.some(({ scope }) => scope === 'COLLECTION'),
    });
  }
  return { shared, byGroup };
}

function wantedIndexes(file: IndexFile): Wanted[] {
  const composite = file.indexes
    .filter(({ fields }) => fields.every(({ order }) => order))
    .map(({ collectionGroup, queryScope, fields }) => ({
      group: collectionGroup,
      scope: queryScope,
      fields: fields.map(({ fieldPath }) => fieldPath),
    }));
  const single = file.fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes }) =>
    indexes
      .filter(({ order }) => order)
      .map(({ queryScope }) => ({ group: collectionGroup, scope: queryScope, fields: [fieldPath] })),
  );
  return [...composite, ...single];
}

/**
 * Ascending all of them: SQLite reads an index backwards as well, and a query that it sorts by has one direction, or fixed values before its
 * last field. So of two that differ in directions the first is kept. Each entry is paid for with every write, in bytes that are fsync'd.
 */
function indexesOf(group: string, wanted: readonly Wanted[]): IndexLayout[] {
  const made = new Map<string, IndexLayout>();
  for (const { scope, fields } of wanted) {
    const lead = scope === 'COLLECTION' ? ['parent'] : [];
    const tail = isInstant(fields.at(-1) ?? '') ? [] : ['path'];
    const columns = [...lead, ...fields.map(fieldColumn), ...tail];
    const name = `i:${group}:${columns.join(',')}`;
    const [first] = fields;
    made.set(name, { name, columns, sparse: fields.length === 1 && first ? fieldColumn(first) : null });
  }
  return [...made.values()];
}

/** Hardly any two documents share one: these few are sorted by path as they are read. */
const isInstant = (field: string): boolean => field === 'at' || field === 'due' || field.endsWith('At');
