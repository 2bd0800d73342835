/** A planned query as Firestore's StructuredQuery. */
import { isDocumentPath } from '@automateos/shared/documents/document-path';
import type { Where } from '@automateos/shared/ports/document-store';
import { type FirestoreNames, fieldPath } from './firestore-names.ts';
import type { QueryPlan } from './firestore-plan.ts';
import type { StructuredQuery } from './firestore-rpc.ts';
import { type FirestoreValue, toValue } from './firestore-value.ts';

type Filter = NonNullable<StructuredQuery['where']>;

const directions = { asc: 'ASCENDING', desc: 'DESCENDING' } as const;
const operators = {
  '==': 'EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_THAN_OR_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_THAN_OR_EQUAL',
  in: 'IN',
  'array-contains': 'ARRAY_CONTAINS',
} as const;

export type AskedQuery = { readonly parent: string; readonly structuredQuery: StructuredQuery };

export function toStructuredQuery(plan: QueryPlan, names: FirestoreNames): AskedQuery {
  const { parent, collectionId } = names.collection(plan.collection, plan.group);
  const filters = [...plan.equal, ...plan.range].map(toFilter);
  const orderBy = [...plan.order, ['__name__', plan.pathDirection] as const].map(([field, direction]) => ({
    field: { fieldPath: field === '__name__' ? field : fieldPath(field) },
    direction: directions[direction],
  }));
  return {
    parent,
    structuredQuery: {
      from: [{ collectionId, allDescendants: plan.group }],
      orderBy,
      ...(filters.length === 0 ? {} : { where: both('AND', filters) }),
      ...(plan.startAfter === null ? {} : { startAt: { before: false, values: cursorValues(plan.startAfter, names) } }),
      ...(plan.limit === null ? {} : { limit: { value: plan.limit } }),
    },
  };
}

function cursorValues({ values, path }: NonNullable<QueryPlan['startAfter']>, names: FirestoreNames): FirestoreValue[] {
  if (!isDocumentPath(path)) throw new TypeError(`startAfter: not a document path: ${JSON.stringify(path.slice(0, 200))}`);
  return [...values.map(toValue), { referenceValue: names.document(path) }];
}

function both(op: 'AND' | 'OR', filters: Filter[]): Filter {
  const [first, ...others] = filters;
  return first && others.length === 0 ? first : { compositeFilter: { op, filters } };
}

function toFilter([name, op, value]: Where): Filter {
  const field = { fieldPath: fieldPath(name) };
  if (value === null && op === '==') return { unaryFilter: { field, op: 'IS_NULL' } };
  if (typeof value !== 'object' || value === null) return { fieldFilter: { field, op: operators[op], value: toValue(value) } };
  // Firestore's IN never means null
  const values = value.filter((one) => one !== null);
  const listed: Filter =
    values.length === 1 && values[0] !== undefined
      ? { fieldFilter: { field, op: 'EQUAL', value: toValue(values[0]) } }
      : { fieldFilter: { field, op: 'IN', value: { arrayValue: { values: values.map(toValue) } } } };
  return values.length === value.length ? listed : both('OR', [{ unaryFilter: { field, op: 'IS_NULL' } }, listed]);
}
