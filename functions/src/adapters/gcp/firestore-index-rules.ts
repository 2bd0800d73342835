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
export function missingIndex(group: GroupIndexes, plan: QueryPlan): string | null {
  const { equal, order } = plan;
  if (equal.length === 0 && order.length === 0) return null;
  const useful = servingIndexes(group, plan);
  const covered = new Set(useful.flatMap(({ fields }) => fields.map(({ field }) => field)));
  if (useful.length > 0 && equal.every(([field]) => covered.has(field))) return null;
  const wanted = [...equal.map(([field, op]) => `${field} ${op}`), ...order.map((one) => one.join(' '))];
  return `${plan.collection} (${scopeOf(plan)}): ${wanted.join(', ')}`;
}

/** Those that take part in the query, or could. */
export function servingIndexes({ indexes }: GroupIndexes, plan: QueryPlan): readonly FieldIndex[] {
  return indexes.filter((index) => index.scope === scopeOf(plan) && takesPart(index, plan));
}

const scopeOf = ({ group }: QueryPlan) => (group ? 'COLLECTION_GROUP' : 'COLLECTION');

function takesPart({ fields }: FieldIndex, { equal, order, pathDirection }: QueryPlan): boolean {
  const split = fields.length - order.length;
  if (split < 0) return false;
  const ordered = fields.slice(split).every(({ field, mode }, index) => {
    const wanted = order[index];
    return wanted?.[0] === field && mode === (wanted[1] === 'asc' ? 'ASCENDING' : 'DESCENDING');
  });
  const equals = fields
    .slice(0, split)
    .every(({ field, mode }) =>
      equal.some(([name, op]) => name === field && (op === 'array-contains') === (mode === 'CONTAINS')),
    );
  return ordered && equals && pathOrder(fields) === pathDirection;
}

/** The path is the last field of every index, in the direction of the one before. */
const pathOrder = (fields: readonly IndexedField[]): 'asc' | 'desc' => (fields.at(-1)?.mode === 'DESCENDING' ? 'desc' : 'asc');
