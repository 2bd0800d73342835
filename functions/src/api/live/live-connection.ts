/**
 * One client of /v1/live. Its messages are dealt with one after the other:
 *
 *   new --(ticket, header or first message)--> authenticated --(a right ends, idle, too fast, too slow, the server ends)--> closed
 *
 * A message that is not understood or not allowed is answered with an error of a stable code; only what burdens the server closes.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import { ClientMessage, type LiveSubscribe, liveCloseCodes } from '@automateos/shared/model/live-message';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../../app/app-context.ts';
import { authenticate, type Caller } from '../../app/auth/authenticate.ts';
import { redeemTicket } from '../../app/live/ticket.ts';
import { zodProblems } from '../../app/zod-problems.ts';
import type { LiveSocket } from './live-socket.ts';
import { createMessageRate } from './message-rate.ts';
import { renewal } from './renewal.ts';
import { streamEnd } from './stream-end.ts';
import type { StreamLimit } from './stream-limit.ts';
import { openSubscription, type Subscription } from './subscription.ts';

export const liveLimits = {
  subscriptions: 100,
  frameBytes: 64 * 1024,
  rate: { burst: 100, perSecond: 20 },
  authenticateMs: 10_000,
  /** Without subscription and without message. */
  idleMs: 600_000,
  renewMs: 30_000,
} as const;

export type LiveConnectionOptions = {
  readonly app: App;
  readonly identity: Identity;
  readonly streams: StreamLimit;
  readonly socket: LiveSocket;
  readonly from: Pick<Caller, 'clientAddress' | 'requestId'>;
};

export type LiveConnection = {
  /** `by` what came with the request, before any message. */
  begin(by: {
    readonly ticket: string | null;
    readonly authorization: string | null;
    readonly organization: string | null;
  }): void;
  text(message: string): void;
  /** A frame of the protocol itself, such as a ping: counted like a message. */
  control(): void;
  ended(): void;
};

type Reader = { readonly principal: Principal; readonly renew: () => Promise<Principal | null> };

export function createLiveConnection({ app, identity, streams, socket, from }: LiveConnectionOptions): LiveConnection {
  const subscriptions = new Map<string, Subscription>();
  const takes = createMessageRate(app.clock, liveLimits.rate);
  const explain = (error: unknown) => streamEnd(app.logger, error);
  let reader: Reader | null = null;
  let work: Promise<void> = Promise.resolve();
  let isOver = false;
  let stopTimer = app.clock.after(liveLimits.authenticateMs, () => close('unauthenticated', 'nobody authenticated'));
  let usedAt = app.clock.now();

  function close(why: keyof typeof liveCloseCodes, reason: string): void {
    socket.close(liveCloseCodes[why], reason);
    end();
  }

  function end(): void {
    isOver = true;
    stopTimer();
    for (const subscription of subscriptions.values()) subscription.stop();
  }

  async function become(caller: Caller, id: string | undefined): Promise<void> {
    const { principal, expiresAt } = await authenticate(app, identity, caller);
    if (isOver) return;
    reader = { principal, renew: sharedFor(app, renewal(app, identity, caller)) };
    stopTimer();
    watch();
    const { org: organization, role } = principal;
    socket.answer({ type: 'authenticated', ...(id === undefined ? {} : { id }), organization, role, expiresAt });
  }

  /** Every half minute: is the right still there, is the connection used. */
  function watch(): void {
    stopTimer = app.clock.after(liveLimits.renewMs, () => {
      if (subscriptions.size === 0 && app.clock.now() - usedAt >= liveLimits.idleMs)
        return close('idle', 'nothing was subscribed');
      reader?.renew().then(
        (now) => {
          if (isOver) return;
          if (now === null) close('unauthenticated', 'the session has ended, or the key is not valid any more');
          else watch();
        },
        () => {
          if (!isOver) watch(); // the store does not answer: asked again
        },
      );
    });
  }

  function subscribe(message: LiveSubscribe): void {
    if (reader === null) throw new AppError('UNAUTHENTICATED', { reason: 'authenticate first.' });
    if (subscriptions.has(message.id))
      throw new AppError('CONFLICT', { reason: `There is a subscription ${message.id} already.` });
    if (subscriptions.size >= liveLimits.subscriptions) {
      throw new AppError('TOO_MANY_SUBSCRIPTIONS', { most: liveLimits.subscriptions });
    }
    const { principal, renew } = reader;
    const leave = streams.enter(principal);
    const onEnd = (): void => {
      leave();
      if (subscriptions.get(message.id) === own) subscriptions.delete(message.id);
    };
    let own: Subscription | null = null;
    try {
      own = openSubscription(message, { app, principal, renew, socket, explain, onEnd });
      subscriptions.set(message.id, own);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function handle(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'authenticate': {
        if (reader !== null) throw new AppError('CONFLICT', { reason: 'This connection is authenticated already.' });
        const authorization = `Bearer ${message.token}`;
        return become({ ...from, authorization, organization: message.organization ?? null }, message.id);
      }
      case 'subscribe':
        return subscribe(message);
      case 'unsubscribe': {
        const subscription = subscriptions.get(message.id);
        if (subscription === undefined) throw new AppError('NOT_FOUND', { what: 'subscription', id: message.id });
        subscriptions.delete(message.id);
        subscription.stop();
        return socket.answer({ type: 'unsubscribed', id: message.id });
      }
      case 'ack':
        return subscriptions.get(message.id)?.acknowledge(message.eventId);
      case 'ping':
        return socket.answer({ type: 'pong', ...(message.id === undefined ? {} : { id: message.id }) });
      default:
        return message satisfies never;
    }
  }

  /** In turn. A client that is refused before it is known goes. */
  function inTurn(id: string | undefined, job: () => Promise<void>): void {
    work = work.then(async () => {
      if (isOver) return;
      try {
        await job();
      } catch (error) {
        socket.answer({ type: 'error', ...(id === undefined ? {} : { id }), ...explain(error) });
        if (reader === null) close('unauthenticated', 'authentication failed');
      }
    });
  }

  function counted(): boolean {
    usedAt = app.clock.now();
    if (isOver) return false;
    if (takes()) return true;
    close('tooManyMessages', 'too many messages');
    return false;
  }

  return {
    begin({ ticket, authorization, organization }) {
      if (ticket !== null) {
        inTurn(undefined, async () => become({ ...from, ...(await redeemTicket(app, ticket)) }, undefined));
      } else if (authorization !== null) {
        inTurn(undefined, () => become({ ...from, authorization, organization }, undefined));
      }
    },
    text(text) {
      if (!counted()) return;
      const message = parseMessage(text);
      if ('fault' in message) {
        const { id, fault } = message;
        socket.answer({ type: 'error', ...(id === undefined ? {} : { id }), code: 'MALFORMED_REQUEST', detail: fault });
      } else inTurn(message.id, () => handle(message));
    },
    control() {
      counted();
    },
    ended: end,
  };
}

/** One question at a time for all subscriptions of a connection, and its answer for a few seconds. */
function sharedFor(app: App, renew: Reader['renew']): Reader['renew'] {
  let asked: { readonly at: number; readonly answer: Promise<Principal | null> } | null = null;
  return () => {
    if (asked === null || app.clock.now() - asked.at > 5_000) asked = { at: app.clock.now(), answer: renew() };
    return asked.answer;
  };
}

function parseMessage(text: string): ClientMessage | { readonly fault: string; readonly id?: string } {
  const json = parseBoundedJson(text);
  if (!json.ok) return { fault: `The message is not JSON: ${json.reason}.` };
  const parsed = ClientMessage.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const id = ClientMessage.options[2].shape.id.safeParse(idIn(json.value));
  const [problem] = zodProblems(parsed.error, '', json.value);
  const what = problem === undefined || problem.path === '' ? '' : ` ${problem.path}: ${problem.message}`;
  return {
    fault: `The message is none of this protocol: see docs/guides/live.md.${what}`,
    ...(id.success ? { id: id.data } : {}),
  };
}

function idIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
}
