/** What a document at a path is, told from the path alone, as far as the invariants look at it. */
export type DocumentKind =
  | { readonly kind: 'execution'; readonly org: string; readonly executionId: string }
  | { readonly kind: 'branch' | 'join' | 'wait'; readonly org: string; readonly executionId: string }
  | { readonly kind: 'approval' | 'idempotency' | 'other'; readonly org: string };

export function kindOf(path: string): DocumentKind {
  const [, org = '', collection, id = '', below] = path.split('/');
  if (collection === 'approvals') return { kind: 'approval', org };
  if (collection === 'idempotency') return { kind: 'idempotency', org };
  if (collection !== 'executions') return { kind: 'other', org };
  if (below === undefined) return { kind: 'execution', org, executionId: id };
  if (below === 'branches') return { kind: 'branch', org, executionId: id };
  if (below === 'joins') return { kind: 'join', org, executionId: id };
  return below === 'waits' ? { kind: 'wait', org, executionId: id } : { kind: 'other', org };
}
