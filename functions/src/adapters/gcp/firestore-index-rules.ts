/**
 * Which queries the indexes serve, by Firestore's rules; the emulator answers every query, so this is where a missing index shows.
 *
 * A query orders by O (its ordered fields, then the path) and asks for equality of the fields E. An index serves it whose fields are some
 * of E, in any order, and then exactly O with O's directions; together the indexes that are merged must cover E. Neither E nor O needs
 * no index. https://firebase.google.com/docs/firestore/query-data/index-overview
 */
import type { FieldIndex, GroupIndexes, IndexedField } from './firestore-index-file.ts';
import type { QueryPlan } from './firestore-plan.ts';

/** null when the query is served, else the index that would do. */
export function missingIndex({ indexes }: GroupIndexes, plan: QueryPlan): string | null {
  const { equal, order } = plan;
  if (equal.length === 0 && order.length === 0) return null;
  const scope = plan.group ? 'COLLECTION_GROUP' : 'COLLECTION';
  const prefixes = indexes.filter((index) => index.scope === scope).map((index) => equalityPart(index, plan));
  const useful = prefixes.filter((prefix) => prefix !== null);
  const covered = new Set(useful.flatMap((prefix) => prefix.map(({ field }) => field)));
  if (useful.length > 0 && equal.every(([field]) => covered.has(field))) return null;
  return `${plan.collection} (${scope}): ${[...equal.map(([field, op]) => `${field} ${op}`), ...order.map((one) => one.join(' '))].join(', ')}`;
}

/** The fields before O of an index that can take part in the query; null for one that cannot. */
function equalityPart({ fields }: FieldIndex, { equal, order, pathDirection }: QueryPlan): readonly IndexedField[] | null {
  const split = fields.length - order.length;
  if (split < 0) return null;
  const before = fields.slice(0, split);
  const ordered = fields.slice(split).every(({ field, mode }, index) => {
    const wanted = order[index];
    return wanted?.[0] === field && mode === (wanted[1] === 'asc' ? 'ASCENDING' : 'DESCENDING');
  });
  const equals = before.every(({ field, mode }) =>
    equal.some(([name, op]) => name === field && (op === 'array-contains') === (mode === 'CONTAINS')),
  );
  return ordered && equals && pathOrder(fields) === pathDirection ? before : null;
}

/** The path is the last field of every index, in the direction of the one before. */
const pathOrder = (fields: readonly IndexedField[]): 'asc' | 'desc' => (fields.at(-1)?.mode === 'DESCENDING' ? 'desc' : 'asc');
