/** Events from outside. */
import { z } from 'zod';
import { CloudEvent } from '../../app/events/cloud-event.ts';
import { sendEvent } from '../../app/events/send-event.ts';
import { type Route, route } from '../http/route.ts';
import { plainSchemaOf } from '../openapi/schema-of.ts';
import { anyJson } from './definition-body.ts';
import { PlainEvent, readEvent } from './read-event.ts';
import type { RestContext } from './rest-context.ts';

/** Read by read-event.ts, which tells the forms apart before it looks for faults. */
const eventBody = anyJson.meta({ docs: { anyOf: [CloudEvent, PlainEvent].map(plainSchemaOf) } });

const SentEvent = z.object({
  executionIds: z.array(z.string()),
  refused: z
    .array(z.object({ workflowId: z.string(), nodeId: z.string(), code: z.string(), detail: z.string() }))
    .optional()
    .describe('Workflows that want the event and cannot take it'),
});

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
        202: { description: 'The executions that it started, and what refused it', schema: SentEvent },
      },
      handle: async ({ principal, body, request }) => {
        const event = readEvent(body, request);
        const { executionIds, refused } = await sendEvent(app, principal, { event, dedupe: request.idempotency });
        const problems = refused.map(({ workflowId, nodeId, error }) => ({
          workflowId,
          nodeId,
          code: error.code,
          detail: error.message,
        }));
        return { status: 202, body: { executionIds, ...(problems.length === 0 ? {} : { refused: problems }) } };
      },
    }),
  ];
}
