/** A function that Pub/Sub, Cloud Tasks, Cloud Scheduler or Eventarc call: only with a token of the invoker, and nothing it sends gets lost. */

import { createPushTokenVerifier } from '../../adapters/gcp/push-token.ts';
import { createPlaces } from '../../api/push/places.ts';
import { createPushListener } from '../../api/push/push-listener.ts';
import type { PushMessage } from '../../api/push/push-message.ts';
import { recordPoison } from '../../api/push/record-poison.ts';
import { invoke } from '../../app/telemetry/invocation.ts';
import type { Gcp } from '../compose-gcp.ts';
import { serveFunction } from './serve-function.ts';

/** Pub/Sub's 10 MB of data, encoded. */
const largestBytes = 15 * 1024 * 1024;

/** For a place; the sender waits longer than that. */
const patienceMs = 20_000;

/** `invokedBy`: traceparent of the span of this invocation; undefined where nothing is traced. */
export type HandlePush = (push: PushMessage, invokedBy: string | undefined) => Promise<void>;

export function servePush(name: string, open: (gcp: Gcp) => HandlePush, bodyLimitBytes = largestBytes): void {
  serveFunction(name, (gcp) => {
    const { app, config } = gcp;
    const verify = createPushTokenVerifier({
      audience: config.AUTOMATEOS_SELF_URL,
      email: config.AUTOMATEOS_INVOKER,
      issuer: config.AUTOMATEOS_PUSH_ISSUER,
      jwksUrl: config.AUTOMATEOS_PUSH_JWKS,
      now: () => app.clock.now(),
    });
    const work = open(gcp);
    const handle = (push: PushMessage): Promise<void> => {
      const invocation = {
        function: name,
        trigger: triggerOf(push),
        traceparent: push.trace ?? undefined,
      };
      return invoke(app, invocation, (invokedBy) => work(push, invokedBy));
    };
    const places = createPlaces({ places: config.AUTOMATEOS_CONCURRENCY, patienceMs, clock: app.clock });
    return createPushListener({ app, verify, handle, bodyLimitBytes, poison: (poison) => recordPoison(app, poison), places });
  });
}

function triggerOf(push: PushMessage): 'pubsub' | 'task' | 'schedule' {
  if (push.kind === 'pubsub') return 'pubsub';
  return push.header('x-cloudtasks-queuename') === null ? 'schedule' : 'task';
}
