/** A function that Pub/Sub, Cloud Tasks, Cloud Scheduler or Eventarc call: only with a token of the invoker, and nothing it sends gets lost. */

import { createPushTokenVerifier } from '../../adapters/gcp/push-token.ts';
import { createPushListener } from '../../api/push/push-listener.ts';
import type { PushMessage } from '../../api/push/push-message.ts';
import { recordPoison } from '../../api/push/record-poison.ts';
import type { Gcp } from '../compose-gcp.ts';
import { serveFunction } from './serve-function.ts';

/** Pub/Sub's 10 MB of data, encoded. */
const bodyLimitBytes = 15 * 1024 * 1024;

export function servePush(name: string, open: (gcp: Gcp) => (push: PushMessage) => Promise<void>): void {
  serveFunction(name, (gcp) => {
    const { app, config } = gcp;
    const verify = createPushTokenVerifier({
      audience: config.AUTOMATEOS_SELF_URL,
      email: config.AUTOMATEOS_INVOKER,
      issuer: config.AUTOMATEOS_PUSH_ISSUER,
      jwksUrl: config.AUTOMATEOS_PUSH_JWKS,
      now: () => app.clock.now(),
    });
    return createPushListener({ app, verify, handle: open(gcp), bodyLimitBytes, poison: (poison) => recordPoison(app, poison) });
  });
}
