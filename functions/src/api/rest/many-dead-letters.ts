/** Many dead letters in one call: at most 100, each with its own answer, and a cursor to go on behind them. */
import type { AppError } from '@automateos/shared/model/app-error';
import { DeadLetterKind } from '@automateos/shared/model/dead-letter';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { type Choice, discardMany, type ManyHandled, mostAtOnce, redriveMany } from '../../app/dead-letters/handle-many.ts';
import { type Route, route } from '../http/route.ts';
import { reasonField } from './dead-letter-fields.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Dead letters';

const Filter = z.strictObject({
  kind: DeadLetterKind.optional(),
  workflowId: z.string().max(128).optional(),
  executionId: z.string().max(128).optional(),
  place: z.enum(['organization', 'installation']).optional(),
});

const choice = {
  ids: z.array(z.string().max(128)).min(1).max(mostAtOnce).optional().describe('Either these'),
  filter: Filter.optional().describe('or the open ones that it finds; {} finds all'),
  limit: z.int().min(1).max(mostAtOnce).optional().describe('Of letters that the filter finds'),
  cursor: z.string().min(1).max(4_096).optional().describe('nextCursor of the call before, with the same filter'),
};

const eitherOr = 'Send either ids, or a filter with limit and cursor.';
const isEitherOr = (body: { ids?: unknown; filter?: unknown; limit?: unknown; cursor?: unknown }): boolean =>
  body.ids === undefined ? body.filter !== undefined : [body.filter, body.limit, body.cursor].every((each) => each === undefined);

const RedriveBody = z.strictObject(choice).refine(isEitherOr, eitherOr);
const DiscardBody = z.strictObject({ ...choice, reason: reasonField }).refine(isEitherOr, eitherOr);

const Handled = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        ok: z.boolean(),
        executionId: z.string().nullable().optional(),
        problem: z.object({ code: z.string(), status: z.int(), detail: z.string() }).optional(),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'DeadLettersHandled' });

const answers = { 200: { description: 'What became of each', schema: Handled } };

export function manyLettersRoutes({ app, cursors }: RestContext): readonly Route[] {
  async function choose(principal: Principal, body: z.infer<typeof RedriveBody>): Promise<{ choice: Choice; bind: string[] }> {
    const { ids, filter = {}, limit = mostAtOnce, cursor } = body;
    const bind = [principal.org, 'open-dead-letters', JSON.stringify(Object.entries(filter).toSorted())];
    if (ids !== undefined) return { choice: { ids }, bind };
    const after = cursor === undefined ? null : await cursors.decode(cursor, bind);
    return { choice: { filter, page: { limit, after } }, bind };
  }

  async function answer({ items, next }: ManyHandled, bind: readonly string[]) {
    return {
      items: items.map((item) => (item.ok ? item : { id: item.id, ok: false, problem: problemOf(item.problem) })),
      nextCursor: next === null ? null : await cursors.encode(next, bind),
    };
  }

  return [
    route({
      ...{ method: 'post', path: '/v1/dead-letters/redrive', tag, access: 'dead-letters.redrive', answers },
      summary: 'Redrive many',
      description: 'Letters of one execution are redriven by one retry.',
      body: RedriveBody,
      handle: async ({ principal, body }) => {
        const chosen = await choose(principal, body);
        return { status: 200, body: await answer(await redriveMany(app, principal, chosen.choice), chosen.bind) };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/dead-letters/discard', tag, access: 'dead-letters.discard', answers },
      summary: 'Discard many',
      body: DiscardBody,
      handle: async ({ principal, body }) => {
        const chosen = await choose(principal, body);
        return { status: 200, body: await answer(await discardMany(app, principal, chosen.choice, body.reason), chosen.bind) };
      },
    }),
  ];
}

/** A problem within an answer that has others. */
function problemOf({ code, status, message }: AppError) {
  return { code, status, detail: message };
}
