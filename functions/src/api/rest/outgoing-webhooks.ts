/** Outgoing webhooks: endpoints, their secrets, the log of what was sent, and sending it again. */
import {
  DeliveryStatus,
  SentEventType,
  WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
  WebhookEventType,
  webhookLimits,
} from '@automateos/shared/model/outgoing-webhook';
import { z } from 'zod';
import {
  getDelivery,
  listDeliveries,
  replayDeliveries,
  replayDelivery,
  sendTestEvent,
} from '../../app/outgoing-webhooks/deliveries.ts';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  rotateSecret,
} from '../../app/outgoing-webhooks/save-endpoint.ts';
import type { PageRequest } from '../../app/paging.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { fromParam, idParams, pageOf, pageParams, toParam } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Outgoing webhooks';
const hourMs = 3_600_000;

const EndpointView = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string(),
    events: z.array(WebhookEventType),
    workflowIds: z.array(z.string()).nullable().describe('Only events of these; null = of all'),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().describe('Why the platform itself has switched it off'),
    secrets: z
      .array(z.object({ createdAt: z.string(), expiresAt: z.string().nullable() }))
      .describe('Those that sign, the newest first; never their text'),
    createdAt: z.string(),
    createdBy: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'WebhookEndpoint' });

const EndpointWithSecret = EndpointView.extend({ secret: z.string().describe('Shown this once: `whsec_...`') }).meta({
  id: 'WebhookEndpointWithSecret',
});

const DeliveryView = z
  .object({
    id: z.string(),
    endpointId: z.string(),
    eventId: z.string().describe('The header webhook-id'),
    type: SentEventType,
    executionId: z.string().nullable(),
    status: DeliveryStatus,
    attempts: z.array(WebhookAttempt).describe('The newest 20'),
    nextAttemptAt: z.string().nullable(),
    createdAt: z.string(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

const DeliveryDetail = DeliveryView.extend({ payload: z.string().describe('The body as it is sent') }).meta({
  id: 'WebhookDeliveryDetail',
});

const fields = {
  url: z.string().min(1).max(2_048).describe('https, or http; not an address of a private network'),
  events: z.array(WebhookEventType).min(1).max(WebhookEventType.options.length),
  description: z.string().max(500),
  workflowIds: z.array(z.string().max(128)).min(1).max(webhookLimits.workflows).nullable(),
  enabled: z.boolean(),
};
export const NewEndpoint = z.strictObject({
  ...{ url: fields.url, events: fields.events, description: fields.description.optional() },
  ...{ workflowIds: fields.workflowIds.optional(), enabled: fields.enabled.optional() },
});
export const ChangedEndpoint = z.strictObject(fields).partial();
export const SecretOverlap = z.strictObject({
  overlapHours: z.number().min(0).max(168).default(24).describe('How long the old one goes on'),
});

function presentEndpoint(endpoint: WebhookEndpoint): z.infer<typeof EndpointView> {
  const secrets = endpoint.secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt }));
  return { ...endpoint, secrets };
}

function answerEndpoint(endpoint: WebhookEndpoint): Answer {
  const body = presentEndpoint(endpoint);
  return { status: 200, headers: { etag: contentEtag(body) }, body };
}

function presentDelivery(delivery: WebhookDelivery): z.infer<typeof DeliveryView> {
  const { org: _org, payload: _payload, tries: _tries, expiresAt: _expiresAt, ...view } = delivery;
  return view;
}

export function outgoingWebhookRoutes(context: RestContext): readonly Route[] {
  return [...endpointRoutes(context), ...secretRoutes(context), ...deliveryRoutes(context)];
}

function endpointRoutes({ app }: RestContext): readonly Route[] {
  const path = '/v1/webhook-endpoints';
  return [
    route({
      ...{ method: 'post', path, tag, access: 'webhooks.manage', summary: 'Make an endpoint' },
      description: `Deliveries are signed as Standard Webhooks. An organization has at most ${webhookLimits.endpoints} endpoints; a new one hears of what happens within a minute.`,
      body: NewEndpoint,
      secretAnswer: true,
      answers: { 201: { description: 'The endpoint with its secret, shown this once', schema: EndpointWithSecret } },
      problems: ['QUOTA_REACHED'],
      handle: async ({ principal, body }) => {
        const { endpoint, secret } = await createEndpoint(app, principal, body);
        return { status: 201, body: { ...presentEndpoint(endpoint), secret } };
      },
    }),
    route({
      ...{ method: 'get', path, tag, access: 'webhooks.read', summary: 'List endpoints' },
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(EndpointView) }) } },
      handle: async ({ principal }) => ({
        status: 200,
        body: { items: (await listEndpoints(app, principal)).map(presentEndpoint) },
      }),
    }),
    route({
      ...{ method: 'get', path: `${path}/{id}`, tag, access: 'webhooks.read', summary: 'An endpoint' },
      params: idParams,
      headers: unchanged,
      answers: { 200: { description: 'The endpoint', schema: EndpointView }, ...unchangedAnswer },
      handle: async ({ principal, params }) => answerEndpoint(await getEndpoint(app, principal, params.id)),
    }),
    route({
      ...{ method: 'patch', path: `${path}/{id}`, tag, access: 'webhooks.manage', summary: 'Change an endpoint' },
      description: 'What is absent stays. Switching it off ends what is under way as failed; it can be replayed.',
      params: idParams,
      body: ChangedEndpoint,
      headers: conditional,
      answers: { 200: { description: 'The endpoint', schema: EndpointView } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        const expected = ifMatchContent(request.header('if-match'), presentEndpoint);
        return answerEndpoint(await changeEndpoint(app, principal, params.id, body, expected));
      },
    }),
    route({
      ...{ method: 'delete', path: `${path}/{id}`, tag, access: 'webhooks.manage', summary: 'Delete an endpoint' },
      params: idParams,
      headers: conditional,
      answers: { 204: { description: 'Nothing is sent there any more' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, request }) => {
        const expected = ifMatchContent(request.header('if-match'), presentEndpoint);
        await deleteEndpoint(app, principal, params.id, expected);
        return { status: 204 };
      },
    }),
  ];
}

function secretRoutes({ app }: RestContext): readonly Route[] {
  const path = '/v1/webhook-endpoints/{id}';
  return [
    route({
      ...{ method: 'post', path: `${path}/rotate-secret`, tag, access: 'webhooks.manage', summary: 'Make a new secret' },
      description: 'Both sign until the old one ends, so that the receiver can change over.',
      params: idParams,
      body: SecretOverlap,
      bodyOptional: true,
      secretAnswer: true,
      answers: { 200: { description: 'The endpoint with its new secret, shown this once', schema: EndpointWithSecret } },
      handle: async ({ principal, params, body }) => {
        const { endpoint, secret } = await rotateSecret(app, principal, params.id, Math.round(body.overlapHours * hourMs));
        return { status: 200, body: { ...presentEndpoint(endpoint), secret } };
      },
    }),
    route({
      ...{ method: 'post', path: `${path}/test`, tag, access: 'webhooks.manage', summary: 'Send a test event' },
      description: 'Of type `webhook.test`, to this endpoint alone.',
      params: idParams,
      answers: { 202: { description: 'Is being sent', schema: DeliveryView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params }) => ({
        status: 202,
        body: presentDelivery(await sendTestEvent(app, principal, params.id)),
      }),
    }),
  ];
}

function deliveryRoutes({ app, cursors }: RestContext): readonly Route[] {
  const ofEndpoint = '/v1/webhook-endpoints/{id}';
  const range = { from: fromParam, to: toParam };
  return [
    route({
      ...{
        method: 'get',
        path: `${ofEndpoint}/deliveries`,
        tag,
        access: 'webhooks.read',
        summary: 'List deliveries, newest first',
      },
      params: idParams,
      query: z.strictObject({ ...pageParams, ...range, status: DeliveryStatus.optional().describe('Only those that stand so') }),
      answers: { 200: { description: 'A page', schema: pageOf(DeliveryView) } },
      handle: async ({ principal, params, query }) => {
        const { cursor: _cursor, limit: _limit, ...filter } = query;
        const read = (page: PageRequest) => listDeliveries(app, principal, { endpointId: params.id, ...filter, ...page });
        const bind = [principal.org, 'webhook-deliveries', params.id, JSON.stringify(Object.entries(filter).toSorted())];
        return { status: 200, body: await answerPage(cursors, query, bind, read, presentDelivery) };
      },
    }),
    route({
      ...{ method: 'post', path: `${ofEndpoint}/replay`, tag, access: 'webhooks.manage' },
      summary: 'Send deliveries of a time range again',
      description: 'From the newest back, 200 with a call; where there are more, go on with `to` = `oldest`.',
      params: idParams,
      body: z.strictObject({ ...range, status: z.enum(['failed', 'delivered']).default('failed') }),
      bodyOptional: true,
      answers: {
        202: {
          description: 'Are being sent',
          schema: z.object({ replayed: z.int(), more: z.boolean(), oldest: z.string().nullable() }),
        },
      },
      handle: async ({ principal, params, body }) => ({
        status: 202,
        body: await replayDeliveries(app, principal, { endpointId: params.id, ...body }),
      }),
    }),
    route({
      ...{
        method: 'get',
        path: '/v1/webhook-deliveries/{id}',
        tag,
        access: 'webhooks.read',
        summary: 'A delivery with its body',
      },
      params: idParams,
      answers: { 200: { description: 'The delivery', schema: DeliveryDetail } },
      handle: async ({ principal, params }) => {
        const delivery = await getDelivery(app, principal, params.id);
        return { status: 200, body: { ...presentDelivery(delivery), payload: delivery.payload } };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/webhook-deliveries/{id}/replay', tag, access: 'webhooks.manage', summary: 'Send it again' },
      description: 'The same message under the same webhook-id, with the whole schedule of tries before it.',
      params: idParams,
      answers: { 202: { description: 'Is being sent', schema: DeliveryView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, params }) => ({
        status: 202,
        body: presentDelivery(await replayDelivery(app, principal, params.id)),
      }),
    }),
  ];
}
