/** GET /v1/executions/{id}/events: the live events of one execution. */
import { LiveEvent, type LiveItem } from '@automateos/shared/model/live-event';
import { authenticate } from '../../app/auth/authenticate.ts';
import { isPermitted } from '../../app/auth/permissions.ts';
import { watchExecution } from '../../app/executions/watch-execution.ts';
import { callerOf } from '../http/caller.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from '../rest/rest-context.ts';
import { eventStream, eventStreamHeaders } from './event-stream.ts';

export function executionEventRoutes({ app, identity, streams }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/executions/{id}/events', tag: 'Executions', access: 'executions.read' },
      summary: 'Follow an execution live',
      description: 'Server-sent events: every state of every step, history first; the last is `event: done`.',
      headers: { 'Last-Event-ID': 'Goes on behind this event' },
      params: idParams,
      answers: {
        200: { description: 'The stream; each `data:` is one of these', schema: LiveEvent, media: 'text/event-stream' },
      },
      problems: ['RATE_LIMITED'],
      handle: async ({ principal, params, request }) => {
        const leave = streams.enter(`${principal.org}/${principal.userId}`);
        const abort = new AbortController();
        try {
          const after = request.header('last-event-id') || null;
          const watched = watchExecution(app, principal, { executionId: params.id, after, signal: abort.signal });
          // the first event is asked for here, so that what is wrong is a problem document and not a broken stream
          const first = await watched.next();
          const caller = callerOf(request.header, request);
          const mayGoOn = async () => {
            // a session that ended, a key that was revoked, a role that was lowered: asked again as if for a new request
            const now = await authenticate(app, identity, caller).catch(() => null);
            return now !== null && now.principal.org === principal.org && isPermitted(now.principal, 'executions.read');
          };
          const items = (signal: AbortSignal) => {
            signal.addEventListener('abort', () => abort.abort(), { once: true });
            return withFirst(first, watched);
          };
          request.signal.addEventListener('abort', () => abort.abort(), { once: true });
          const stream = eventStream({ clock: app.clock, items, mayGoOn, onEnd: leave });
          return { status: 200, headers: eventStreamHeaders, stream };
        } catch (error) {
          leave();
          throw error;
        }
      },
    }),
  ];
}

async function* withFirst(first: IteratorResult<LiveItem, void>, rest: AsyncGenerator<LiveItem, void>) {
  if (first.done === true) return;
  yield { id: first.value.id, data: first.value.event };
  for await (const { id, event } of rest) yield { id, data: event };
}
