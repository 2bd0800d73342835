/** POST /v1/live/ticket: how a page gets into /v1/live without a header, and where that is. */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import { createTicket } from '../../app/live/ticket.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from '../rest/rest-context.ts';

const LiveTicketView = z
  .object({
    ticket: z.string().describe('Once, within half a minute: `{url}?ticket={ticket}`'),
    url: z.string().describe('Where WebSockets are answered'),
    expiresAt: z.string(),
  })
  .meta({ id: 'LiveTicket' });

export function ticketRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/live/ticket', tag: 'Live', access: 'signed-in' },
      summary: 'Ask for a ticket to connect a WebSocket with',
      description: 'It stands for the credentials of this request. docs/guides/live.md describes the protocol of /v1/live.',
      answers: { 201: { description: 'The ticket', schema: LiveTicketView } },
      problems: ['NOT_SUPPORTED_HERE'],
      secretAnswer: true,
      handle: async ({ principal, request }) => {
        const url = app.settings.liveUrl;
        if (url === null) throw new AppError('NOT_SUPPORTED_HERE', { what: 'A WebSocket', where: 'server-sent events' });
        const ticket = await createTicket(app, principal.org, request.header('authorization') ?? '');
        return { status: 201, body: { ...ticket, url } };
      },
    }),
  ];
}
