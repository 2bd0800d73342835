/** Events from outside. */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import { sendEvent } from '../../../app/events/send-event.ts';
import type { EventInput, MutationResolvers, SentEventResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';

const text = (max: number) => z.string().min(1).max(max);
const Attributes = z.object({
  type: text(256),
  ...{ source: text(1_024).optional(), id: text(1_024).optional(), subject: text(1_024).optional() },
  time: z.string().optional(),
});

function eventOf({ data, ...attributes }: EventInput) {
  const event = parseInput(Attributes, given(attributes));
  if (event.id !== undefined && event.source === undefined) {
    throw new AppError('INVALID_PARAMS', { reason: 'An event with an id needs its source: together they say which it is.' });
  }
  return { ...event, data: data ?? undefined };
}

export const eventMutations: MutationResolvers = {
  sendEvent: (_, { input }, { app, principal }) =>
    orRefused(async () => sendEvent(app, principal, { event: eventOf(input), dedupe: null })),
};

export const sentEventFields: SentEventResolvers = {
  executions: ({ executionIds }, _, context) => Promise.all(executionIds.map((id) => executionOf(context, id))),
  refused: ({ refused }) =>
    refused.map(({ workflowId, nodeId, error }) => ({ workflowId, nodeId, code: error.code, message: error.message })),
};
