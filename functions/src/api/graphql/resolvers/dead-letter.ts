/** Dead letters: steps and messages that were given up on, until somebody redrives or discards them. */
import { z } from 'zod';
import { discardDeadLetter } from '../../../app/dead-letters/discard-dead-letter.ts';
import { getDeadLetter } from '../../../app/dead-letters/get-dead-letter.ts';
import { discardMany, type ManyHandled, redriveMany } from '../../../app/dead-letters/handle-many.ts';
import { listDeadLetters } from '../../../app/dead-letters/list-dead-letters.ts';
import { presentLetter } from '../../../app/dead-letters/present-dead-letter.ts';
import { redriveDeadLetter } from '../../../app/dead-letters/redrive-dead-letter.ts';
import { reasonField } from '../../rest/dead-letter-fields.ts';
import { connect } from '../connection.ts';
import { requireFew } from '../for-each.ts';
import type { DeadLetterResolvers, MutationResolvers, QueryResolvers, RedrivenResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput, requireObject } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';
import { workflowOf } from './workflow.ts';

export const deadLetterQueries: QueryResolvers = {
  deadLetter: (_, { id }, { app, principal }) => orNull(() => getDeadLetter(app, principal, id)),
  deadLetters: (_, { filter: wanted, ...page }, context) => {
    const { app, principal } = context;
    const filter = given(wanted ?? {});
    return connect(context, page, {
      bind: ['dead-letters', JSON.stringify(Object.entries(filter).toSorted())],
      read: (request) => listDeadLetters(app, principal, { ...filter, ...request }),
      present: presentLetter,
    });
  },
};

const Reason = z.object({ reason: reasonField });
const reasonIn = (reason: string | null | undefined) => parseInput(Reason, given({ reason })).reason;

/** One result for each id, in the order asked. */
function resultsOf(ids: readonly string[], { items }: ManyHandled) {
  const found = new Map(items.map((item) => [item.id, item]));
  return ids.flatMap((id) => {
    const item = found.get(id);
    if (item === undefined) return [];
    return [{ id, result: item.ok ? { executionId: item.executionId } : { refused: item.problem } }];
  });
}

export const deadLetterMutations: MutationResolvers = {
  redriveDeadLetter: (_, { id, input }, { app, principal }) =>
    orRefused(async () => redriveDeadLetter(app, principal, id, input == null ? undefined : requireObject(input, 'input'))),
  discardDeadLetter: (_, { id, reason }, { app, principal }) =>
    orRefused(async () => presentLetter(await discardDeadLetter(app, principal, id, reasonIn(reason)))),
  redriveDeadLetters: async (_, { ids }, { app, principal }) => {
    requireFew(ids);
    return resultsOf(ids, await redriveMany(app, principal, { ids }));
  },
  discardDeadLetters: async (_, { ids, reason }, { app, principal }) => {
    requireFew(ids);
    return resultsOf(ids, await discardMany(app, principal, { ids }, reasonIn(reason)));
  },
};

export const deadLetterFields: DeadLetterResolvers = {
  execution: ({ executionId }, _, context) => executionOf(context, executionId),
  workflow: ({ workflowId }, _, context) => (workflowId === null ? null : workflowOf(context, workflowId)),
  redrivenAt: ({ redrivenAt }) => redrivenAt ?? null,
  redrive: async ({ id }, _, { app, principal }) => (await getDeadLetter(app, principal, id)).redrive,
};

export const redrivenFields: RedrivenResolvers = {
  execution: ({ executionId }, _, context) => executionOf(context, executionId),
};
