/** Outgoing webhooks: endpoints, their secrets, the log of what was sent, and sending it again. */
import {
  getDelivery,
  listDeliveries,
  replayDeliveries,
  replayDelivery,
  sendTestEvent,
} from '../../../app/outgoing-webhooks/deliveries.ts';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  rotateSecret,
} from '../../../app/outgoing-webhooks/save-endpoint.ts';
import { ChangedEndpoint, NewEndpoint, SecretOverlap } from '../../rest/outgoing-webhooks.ts';
import { connect } from '../connection.ts';
import type {
  MutationResolvers,
  QueryResolvers,
  WebhookDeliveryResolvers,
  WebhookEndpointResolvers,
} from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';

const hourMs = 3_600_000;

export const webhookQueries: QueryResolvers = {
  webhookEndpoint: (_, { id }, { app, principal }) => orNull(() => getEndpoint(app, principal, id)),
  webhookEndpoints: (_, __, { app, principal }) => listEndpoints(app, principal),
  webhookDelivery: (_, { id }, { app, principal }) => orNull(() => getDelivery(app, principal, id)),
};

export const webhookMutations: MutationResolvers = {
  createWebhookEndpoint: (_, { input }, { app, principal }) =>
    orRefused(async () => createEndpoint(app, principal, parseInput(NewEndpoint, given(input)))),
  updateWebhookEndpoint: (_, { id, input: { workflowIds, ...input } }, { app, principal }) =>
    orRefused(async () => {
      // null is an answer here, not an absence: of all workflows
      const change = { ...given(input), ...(workflowIds === undefined ? {} : { workflowIds }) };
      return changeEndpoint(app, principal, id, parseInput(ChangedEndpoint, change));
    }),
  deleteWebhookEndpoint: (_, { id }, { app, principal }) =>
    orRefused(async () => {
      await deleteEndpoint(app, principal, id);
      return { id };
    }),
  rotateWebhookSecret: (_, { id, overlapHours }, { app, principal }) =>
    orRefused(async () => {
      const hours = parseInput(SecretOverlap, given({ overlapHours })).overlapHours;
      return rotateSecret(app, principal, id, Math.round(hours * hourMs));
    }),
  testWebhookEndpoint: (_, { id }, { app, principal }) => orRefused(() => sendTestEvent(app, principal, id)),
  replayWebhookDelivery: (_, { id }, { app, principal }) => orRefused(() => replayDelivery(app, principal, id)),
  replayWebhookDeliveries: (_, { endpointId, status, ...range }, { app, principal }) =>
    orRefused(() => replayDeliveries(app, principal, { endpointId, status, ...given(range) })),
};

export const webhookEndpointFields: WebhookEndpointResolvers = {
  deliveries: ({ id }, { status, from, to, ...page }, context) => {
    const { app, principal } = context;
    const filter = given({ status, from, to });
    return connect(context, page, {
      bind: ['webhook-deliveries', id, JSON.stringify(Object.entries(filter).toSorted())],
      read: (request) => listDeliveries(app, principal, { endpointId: id, ...filter, ...request }),
      present: (delivery) => delivery,
    });
  },
};

export const webhookDeliveryFields: WebhookDeliveryResolvers = {
  execution: ({ executionId }, _, context) => executionOf(context, executionId),
};
