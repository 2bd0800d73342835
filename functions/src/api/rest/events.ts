/** Events from outside. */
import type { JsonObject } from '@automateos/shared/model/json';
import { z } from 'zod';
import { sendEvent } from '../../app/events/send-event.ts';
import { type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import { CloudEvent, PlainEvent, readEvent } from './read-event.ts';
import type { RestContext } from './rest-context.ts';

/** Read by read-event.ts, which tells the forms apart before it looks for faults. */
const eventBody = anyJson.meta({ docs: { anyOf: [CloudEvent, PlainEvent].map(plainSchema) } });

function plainSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json as JsonObject; // JSON Schema is JSON
}

export function eventRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/events', tag: 'Events', access: 'events.send', summary: 'Send an event' },
      description:
        'Starts every active workflow with a trigger.event that wants it. A CloudEvent starts each of them once per source and id.',
      headers: { 'ce-specversion': 'A CloudEvent in binary mode: its attributes are `ce-` headers, the body is its data' },
      body: eventBody,
      bodyOptional: true,
      answers: {
        202: { description: 'The executions that it started', schema: z.object({ executionIds: z.array(z.string()) }) },
      },
      handle: async ({ principal, body, request }) => {
        const event = readEvent(body, request);
        return { status: 202, body: await sendEvent(app, principal, { event, dedupe: request.idempotency }) };
      },
    }),
  ];
}
