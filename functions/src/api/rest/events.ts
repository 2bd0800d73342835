/** Events from outside. */
import { z } from 'zod';
import { sendEvent } from '../../app/events/send-event.ts';
import { type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const text = (max: number) => z.string().min(1).max(max);

const PlainEvent = z.strictObject({ type: text(256), source: text(1_024).optional(), data: anyJson.optional() });

/** CloudEvents 1.0, structured JSON. Extension attributes are allowed by its specification; they are not passed on. */
const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: text(1_024),
  type: text(256),
  source: text(1_024),
  subject: text(1_024).optional(),
  time: z.iso.datetime({ offset: true }).optional(),
  datacontenttype: z.string().max(256).optional(),
  data: anyJson.optional(),
});

export function eventRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/events', tag: 'Events', access: 'events.send', summary: 'Send an event' },
      description:
        'Starts every active workflow with a trigger.event that wants it. A CloudEvent starts each of them once per source and id.',
      body: z.union([CloudEvent, PlainEvent]),
      answers: {
        202: { description: 'The executions that it started', schema: z.object({ executionIds: z.array(z.string()) }) },
      },
      handle: async ({ principal, body, request }) => {
        const { type, source, data } = body;
        const more = 'specversion' in body ? { id: body.id, time: body.time, subject: body.subject } : {};
        const event = { type, source, data, ...more };
        return { status: 202, body: await sendEvent(app, principal, { event, dedupe: request.idempotency }) };
      },
    }),
  ];
}
