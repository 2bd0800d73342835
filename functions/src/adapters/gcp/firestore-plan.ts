/**
 * A query in the terms in which Firestore answers it. What Firestore has no answer for at all (two fields with inequalities, an order that does
 * not begin with the inequality's field) is a mistake of the caller: TypeError.
 * - A comparison with null is an equality (`<=`, `>=`) or finds nothing (`<`, `>`).
 * - A field with an equality has one value in all rows, so that ordering by it says nothing: Firestore refuses it, and it is left out.
 */
import { checkQuery, type Order, orderOf, pathDirection } from '@automateos/shared/documents/document-query';
import type { JsonPrimitive } from '@automateos/shared/model/json';
import type { Query, Where } from '@automateos/shared/ports/document-store';

/** Firestore's limit of alternatives in one query. */
const alternativesLimit = 30;

export type QueryPlan = {
  readonly collection: string;
  readonly group: boolean;
  /** `==`, `in`, `array-contains` */
  readonly equal: readonly Where[];
  /** `<`, `<=`, `>`, `>=` of the first ordered field. */
  readonly range: readonly Where[];
  readonly order: readonly Order[];
  /** In which rows of equal order are sorted by path. */
  readonly pathDirection: 'asc' | 'desc';
  /** One value per ordered field, and the path. */
  readonly startAfter: { readonly values: readonly JsonPrimitive[]; readonly path: string } | null;
  readonly limit: number | null;
};

/** null for a query that can find nothing. */
export function planQuery(query: Query): QueryPlan | null {
  checkQuery(query);
  const { collection, group = false, limit = null, startAfter } = query;
  const where: Where[] = [];
  for (const clause of query.where ?? []) {
    const simple = simplify(clause);
    if (simple === null) return null;
    where.push(simple);
  }
  if (limit === 0) return null;
  const equal = where.filter(([, op]) => op === '==' || op === 'in' || op === 'array-contains');
  const range = where.filter((clause) => !equal.includes(clause));
  const fixed = new Set(equal.filter(([, op]) => op === '==').map(([field]) => field));
  const asked = orderOf(query);
  const kept = asked.flatMap(([field], index) => (fixed.has(field) ? [] : [index]));
  const order = asked.filter((_, index) => kept.includes(index));
  refuseImpossible(equal, range, order);
  return {
    ...{ collection, group, equal, range, order, limit },
    pathDirection: pathDirection(asked),
    startAfter: startAfter ? { values: kept.map((index) => startAfter.values[index] ?? null), path: startAfter.path } : null,
  };
}

/** null where no value can fulfil it. */
function simplify([field, op, value]: Where): Where | null {
  if (op === 'in') {
    const values = [...new Set(typeof value === 'object' && value !== null ? value : [])];
    if (values.length > alternativesLimit) {
      throw new TypeError(`${field}: ${values.length} values, Firestore takes ${alternativesLimit}`);
    }
    const [first] = values;
    if (first === undefined) return null;
    return values.length === 1 ? [field, '==', first] : [field, 'in', values];
  }
  if (value !== null || op === '==' || op === 'array-contains') return [field, op, value];
  return op === '<=' || op === '>=' ? [field, '==', null] : null;
}

function refuseImpossible(equal: readonly Where[], range: readonly Where[], order: readonly Order[]): void {
  const impossible = (what: string) => new TypeError(`Firestore cannot ${what}`);
  if (equal.filter(([, op]) => op === 'array-contains').length > 1) throw impossible('look into two lists at once');
  const first = order[0]?.[0];
  const stray = range.find(([field]) => field !== first);
  if (stray) throw impossible(`compare ${stray[0]} in an order that begins with ${first ?? 'the path'}`);
  const listed = equal.find(([field]) => order.some(([ordered]) => ordered === field));
  if (listed) throw impossible(`order by ${listed[0]}, of which a list of values is asked for`);
}
