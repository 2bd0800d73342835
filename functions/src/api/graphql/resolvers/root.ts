/** Who asks, and anything by its id. An id says by its prefix what it is of; what it is of says whether it is there. */
import { AppError } from '@automateos/shared/model/app-error';
import { getApproval } from '../../../app/approvals/list-approvals.ts';
import { presentApproval } from '../../../app/approvals/present-approval.ts';
import { getCredential } from '../../../app/credentials/list-credentials.ts';
import { getDeadLetter } from '../../../app/dead-letters/get-dead-letter.ts';
import { requireFew } from '../for-each.ts';
import type { QueryResolvers, ViewerResolvers } from '../generated/resolver-types.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import { orNull } from '../refusal.ts';
import { executionOf } from './execution.ts';
import { workflowOf } from './workflow.ts';

const kinds = {
  wf: { type: 'Workflow', read: workflowOf },
  exe: { type: 'Execution', read: executionOf },
  apr: {
    type: 'Approval',
    read: ({ app, principal }: GraphqlContext, id: string) =>
      orNull(async () => presentApproval(await getApproval(app, principal, id))),
  },
  crd: {
    type: 'Credential',
    read: ({ app, principal }: GraphqlContext, id: string) => orNull(() => getCredential(app, principal, id)),
  },
  dlq: {
    type: 'DeadLetter',
    read: ({ app, principal }: GraphqlContext, id: string) => orNull(() => getDeadLetter(app, principal, id)),
  },
} as const;

function kindOf(id: string): (typeof kinds)[keyof typeof kinds] | null {
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')));
  return Object.hasOwn(kinds, prefix) ? kinds[prefix as keyof typeof kinds] : null; // it is one of them
}

/** Throws INTERNAL for what no resolver of nodes has made. */
export function nodeTypeOf({ id }: { readonly id: string }) {
  const kind = kindOf(id);
  if (kind === null) throw new AppError('INTERNAL');
  return kind.type;
}

async function nodeOf(context: GraphqlContext, id: string) {
  return (await kindOf(id)?.read(context, id)) ?? null;
}

export const rootQueries: QueryResolvers = {
  node: (_, { id }, context) => nodeOf(context, id),
  nodes: (_, { ids }, context) => {
    requireFew(ids);
    return Promise.all(ids.map((id) => nodeOf(context, id)));
  },
  viewer: (_, __, { principal }) => principal,
};

export const viewerFields: ViewerResolvers = { organizationId: ({ org }) => org };
