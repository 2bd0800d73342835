/** A stream as the answer of a route: a place for it, the id to go on behind, and its end given back whatever happens. */
import type { Principal } from '@automateos/shared/model/principal';
import type { Clock } from '@automateos/shared/ports/clock';
import { z } from 'zod';
import { type Follow, type Followed, nowId } from '../../app/live/follow.ts';
import { callerOf } from '../http/caller.ts';
import type { Answer, RequestInfo } from '../http/route.ts';
import type { RestContext } from '../rest/rest-context.ts';
import { eventStream, eventStreamHeaders } from './event-stream.ts';
import { renewal } from './renewal.ts';
import { streamEnd } from './stream-end.ts';

export const streamHeaders = { 'Last-Event-ID': 'Goes on behind this event' } as const;

export const streamQuery = z.strictObject({
  after: z.string().max(16_384).optional().describe('As Last-Event-ID, for clients that cannot set it; the header wins'),
});

type Asked = { readonly principal: Principal; readonly request: RequestInfo; readonly after: string | undefined };

/** Whoever goes on behind the newest event has nothing to wait for: the answer begins without an event. */
const firstMs = 1_000;

/** `history`: the stream begins with what was before and its first event is there at once, so what is wrong is a problem document. */
export async function streamAnswer(
  { app, identity, streams }: RestContext,
  { principal, request, after }: Asked,
  kind: 'history' | 'changes',
  open: (follow: Follow) => Followed,
): Promise<Answer> {
  const leave = streams.enter(principal);
  try {
    const given = request.header('last-event-id') || after || null;
    const start = kind === 'changes' ? (given ?? nowId(app)) : given;
    const renew = renewal(app, identity, callerOf(request.header, request));
    const followed = open({ after: start, signal: request.signal, renew });
    const items = kind === 'history' ? await withFirst(followed, given === null ? null : app.clock) : followed;
    const explain = (error: unknown) => streamEnd(app.logger, error);
    const startId = kind === 'changes' && start !== null ? start : undefined;
    return {
      status: 200,
      headers: eventStreamHeaders,
      stream: eventStream({ clock: app.clock, items, startId, explain, onEnd: leave }),
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** The same, once its first event is there, or some time has passed; letting go of it lets go of the rest, whatever that waits for. */
async function withFirst(rest: Followed, clock: Clock | null): Promise<Followed> {
  const first = rest.next();
  await (clock === null ? first : orLate(first, clock));
  return startingWith(first, rest);
}

function startingWith(first: ReturnType<Followed['next']>, rest: Followed): Followed {
  let isFirst = true;
  return {
    next: () => {
      if (!isFirst) return rest.next();
      isFirst = false;
      return first;
    },
    return: () => rest.return(),
    throw: (error) => rest.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await rest.return();
    },
  };
}

async function orLate(first: Promise<unknown>, clock: Clock): Promise<void> {
  let stop: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    stop = clock.after(firstMs, resolve);
  });
  try {
    await Promise.race([first, passed]);
  } finally {
    stop();
  }
}
