/** Events from outside. */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import { CloudEvent } from '../../../app/events/cloud-event.ts';
import { sendEvent } from '../../../app/events/send-event.ts';
import type { EventInput, MutationResolvers, SentEventResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';

/** Of an event of ours, or with an id of a CloudEvent. */
const { type, source, id, subject, time } = CloudEvent.shape;
const Attributes = z.object({ type, source: source.optional(), id: id.optional(), subject, time });

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
