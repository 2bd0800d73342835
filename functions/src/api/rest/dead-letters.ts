/** Dead letters: listed until somebody redrives them. */
import { z } from 'zod';
import { DeadLetter, listDeadLetters, redriveDeadLetter } from '../../app/dead-letters/dead-letters.ts';
import { answerPage } from '../http/cursor.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Dead letters';
const DeadLetterView = DeadLetter.meta({ id: 'DeadLetter' });

export function deadLetterRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{
        method: 'get',
        path: '/v1/dead-letters',
        tag,
        access: 'dead-letters.read',
        summary: 'List dead letters, newest first',
      },
      query: z.strictObject({ ...pageParams, status: DeadLetter.shape.status.optional() }),
      answers: { 200: { description: 'A page', schema: pageOf(DeadLetterView) } },
      handle: async ({ principal, query }) => {
        const { status } = query;
        const read = (page: Parameters<typeof listDeadLetters>[2]) => listDeadLetters(app, principal, { ...page, status });
        const bind = [principal.org, 'dead-letters', status ?? ''];
        return { status: 200, body: await answerPage(cursors, query, bind, read, (item) => item) };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/dead-letters/{id}/redrive', tag, access: 'dead-letters.redrive' },
      summary: 'Retry its execution',
      params: idParams,
      body: z.strictObject({}),
      bodyOptional: true,
      answers: { 202: { description: 'The execution goes on', schema: z.object({ executionId: z.string() }) } },
      problems: ['NOT_RETRYABLE_NOW', 'CONFLICT'],
      handle: async ({ principal, params }) => ({ status: 202, body: await redriveDeadLetter(app, principal, params.id) }),
    }),
  ];
}
