/** Dead letters: steps and messages that were given up on, until somebody redrives or discards them. */
import { DeadLetterDetail, DeadLetterKind, DeadLetterStatus, DeadLetterView } from '@automateos/shared/model/dead-letter';
import { z } from 'zod';
import { discardDeadLetter } from '../../app/dead-letters/discard-dead-letter.ts';
import { getDeadLetter } from '../../app/dead-letters/get-dead-letter.ts';
import { listDeadLetters } from '../../app/dead-letters/list-dead-letters.ts';
import { presentLetter } from '../../app/dead-letters/present-dead-letter.ts';
import { redriveDeadLetter } from '../../app/dead-letters/redrive-dead-letter.ts';
import type { PageRequest } from '../../app/paging.ts';
import { answerPage } from '../http/cursor.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { reasonField } from './dead-letter-fields.ts';
import { anyJsonObject } from './definition-body.ts';
import { manyLettersRoutes } from './many-dead-letters.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Dead letters';

const ListQuery = z.strictObject({
  ...pageParams,
  status: DeadLetterStatus.optional().describe('Only those that stand so'),
  kind: DeadLetterKind.optional().describe('Steps that were given up on, or messages'),
  workflowId: z.string().max(128).optional().describe('Only those of this workflow'),
  executionId: z.string().max(128).optional().describe('Only those of this execution'),
  place: z
    .enum(['organization', 'installation'])
    .optional()
    .describe('`installation`: messages that belong to no organization that is known; for those who run it'),
});

const Redriven = z.object({
  executionId: z.string().nullable().describe('What runs again; null for an event'),
  letters: z.array(z.string()).describe('All letters that were redriven by it: one retry redrives those of its whole execution'),
});

export function deadLetterRoutes(context: RestContext): readonly Route[] {
  const { app, cursors } = context;
  return [
    route({
      ...{ method: 'get', path: '/v1/dead-letters', tag, access: 'dead-letters.read' },
      summary: 'List dead letters, newest first',
      description: 'With a filter a page may be short, or empty, although there is a next one.',
      query: ListQuery,
      answers: { 200: { description: 'A page', schema: pageOf(DeadLetterView) } },
      handle: async ({ principal, query }) => {
        const { cursor: _cursor, limit: _limit, ...filter } = query;
        const read = (page: PageRequest) => listDeadLetters(app, principal, { ...filter, ...page });
        const bind = [principal.org, 'dead-letters', JSON.stringify(Object.entries(filter).toSorted())];
        return { status: 200, body: await answerPage(cursors, query, bind, read, presentLetter) };
      },
    }),
    ...manyLettersRoutes(context),
    route({
      ...{ method: 'get', path: '/v1/dead-letters/{id}', tag, access: 'dead-letters.read' },
      summary: 'A dead letter with its execution, step and message, and whether it can be redriven',
      params: idParams,
      answers: { 200: { description: 'The letter', schema: DeadLetterDetail } },
      handle: async ({ principal, params }) => ({ status: 200, body: await getDeadLetter(app, principal, params.id) }),
    }),
    route({
      ...{ method: 'post', path: '/v1/dead-letters/{id}/redrive', tag, access: 'dead-letters.redrive' },
      summary: 'Run the step again, or send the message again',
      description:
        'A step: its execution is retried from what failed, next generation. Its input is computed anew, or is `input`, taken as it stands (needs the role editor). A message: its branch is announced if it is due, an event is routed again.',
      params: idParams,
      body: z.strictObject({
        input: anyJsonObject.optional().describe('Replaces the params that the step is tried with; code and credential stay'),
      }),
      bodyOptional: true,
      answers: { 202: { description: 'Goes on', schema: Redriven } },
      problems: ['DEAD_LETTER_CLOSED', 'NOT_REDRIVABLE', 'NOT_RETRYABLE_NOW', 'CONFLICT'],
      handle: async ({ principal, params, body }) => ({
        status: 202,
        body: await redriveDeadLetter(app, principal, params.id, body.input),
      }),
    }),
    route({
      ...{ method: 'post', path: '/v1/dead-letters/{id}/discard', tag, access: 'dead-letters.discard' },
      summary: 'Do nothing about it',
      description: 'It stays listed as discarded until retention.',
      params: idParams,
      body: z.strictObject({ reason: reasonField }),
      bodyOptional: true,
      answers: { 200: { description: 'The letter', schema: DeadLetterView } },
      problems: ['DEAD_LETTER_CLOSED'],
      handle: async ({ principal, params, body }) => ({
        status: 200,
        body: presentLetter(await discardDeadLetter(app, principal, params.id, body.reason)),
      }),
    }),
  ];
}
