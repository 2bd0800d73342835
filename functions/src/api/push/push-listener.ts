/**
 * The door of functions that Google's services call. In this order: the token, before a byte of the body is read; the body, capped while
 * it is read; the envelope; the work. The answer tells the sender what to do with the message:
 *
 *     204          done, or poison that was recorded: acknowledged
 *     401          not the sender that we expect, or 503: nobody can be verified just now
 *     400 to 422   poison, where nobody records it: the sender's own policy ends it (Pub/Sub: as a dead letter)
 *     any other    the work failed: again later
 *
 * Poison is a message that cannot be read (UnreadablePush). Where `poison` is given, it records the message, which is then acknowledged;
 * while that fails, the message stays with the sender. So none is tried for ever, and none vanishes. A failure of the work is never
 * poison, whatever its code: the message was good, and the sender's policy bounds how often it comes again.
 */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@automateos/shared/model/app-error';
import type { App } from '../../app/app-context.ts';
import { answerProblem } from '../http/answer-problem.ts';
import type { NodeListener } from '../node-listener.ts';
import type { Places } from './places.ts';
import { type PushMessage, parsePush } from './push-message.ts';
import { readPushBody } from './read-push-body.ts';
import { UnreadablePush } from './unreadable-push.ts';

export type PoisonPush = {
  readonly code: AppError['code'];
  readonly reason: string;
  /** null where not even the envelope could be read. */
  readonly push: PushMessage | null;
  /** What was sent, up to the limit. */
  readonly body: Uint8Array;
};

export type PushListenerOptions = {
  /** Of the Authorization header's one value. Throws AppError. */
  verify(authorization: string | null): Promise<void>;
  readonly app: Pick<App, 'ids' | 'logger'>;
  /** Resolves when the message is done with; throws to have it again, or UnreadablePush for what is none of its messages. */
  handle(push: PushMessage): Promise<void>;
  /** Of the request's body; a Pub/Sub message is a third larger in there than its data. */
  readonly bodyLimitBytes: number;
  poison?(poison: PoisonPush): Promise<void>;
  /** Bounds what is worked on at a time; absent = no bound. */
  readonly places?: Places;
};

export function createPushListener(options: PushListenerOptions): NodeListener {
  return async (request, response) => {
    try {
      await options.verify(authorizationOf(request));
      if (request.method !== 'POST') {
        throw new AppError('METHOD_NOT_ALLOWED', { method: request.method ?? '', allowed: 'POST' });
      }
    } catch (error) {
      // what it sends is not read
      response.setHeader('connection', 'close');
      return answerProblem(options.app, request, response, error);
    }
    let leave = (): void => {};
    try {
      leave = (await options.places?.enter()) ?? leave;
      await receive(options, request);
      response.writeHead(204, { 'cache-control': 'no-store' });
      response.end();
    } catch (error) {
      answerProblem(options.app, request, response, error);
    } finally {
      leave();
    }
  };
}

/** null unless there is exactly one: node keeps the first of several, the sender may have meant another. */
function authorizationOf(request: IncomingMessage): string | null {
  const values = request.headersDistinct.authorization ?? [];
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Resolves when the message needs no further delivery. */
async function receive(options: PushListenerOptions, request: IncomingMessage): Promise<void> {
  const { bytes, whole } = await readPushBody(request, options.bodyLimitBytes);
  let push: PushMessage | null = null;
  try {
    if (!whole) throw new UnreadablePush('BODY_TOO_LARGE', { limitBytes: options.bodyLimitBytes });
    push = parsePush({ body: bytes, path: pathOf(request), header: (name) => headerOf(request, name) });
    await options.handle(push);
  } catch (error) {
    if (!(error instanceof UnreadablePush)) throw error;
    await setAside(options, { code: error.code, reason: error.message, push, body: bytes }, error);
  }
}

async function setAside({ app, poison: record }: PushListenerOptions, poison: PoisonPush, error: AppError): Promise<void> {
  const { code, reason, push } = poison;
  const from =
    push?.kind === 'pubsub'
      ? { subscription: push.subscription, messageId: push.messageId, attempt: push.deliveryAttempt }
      : { path: push?.path };
  app.logger.warn('push-poison', { code, reason, ...from, recorded: record !== undefined });
  if (record === undefined) throw error;
  await record(poison);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
}
