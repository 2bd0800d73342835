/**
 * From a message to the answer of its function: chooses one of the processes that serve it, signs a token for it, posts, and, where a
 * test wants it, posts twice.
 */

import type { SubscriptionPlan } from './pubsub-topology.ts';
import { createPoster, type PushBody, type PushOutcome, renderPush } from './push-delivery.ts';

export type PushEndpoint = {
  /** Processes that serve the function; they take turns. None: nobody is there, and messages wait. */
  readonly urls: readonly string[];
  /** The function's own URL as it knows it (AUTOMATEOS_SELF_URL). */
  readonly audience: string;
};

export type Delivery = PushBody & { readonly functionName: string; readonly url: string };

export type PusherOptions = {
  /** E-mail of the service account that pushes. */
  readonly invoker: string;
  sign(claims: { readonly audience: string; readonly email: string }): Promise<string>;
  /** Asked for every message, so that processes may come and go. */
  endpoint(functionName: string): PushEndpoint;
  /** A fault on purpose: the same message is posted twice, side by side or once more after the first answer, which alone counts. */
  duplicate?(delivery: Delivery): 'at-once' | 'afterwards' | null;
};

export type Pusher = {
  /** Never rejects. */
  push(plan: SubscriptionPlan, body: PushBody): Promise<PushOutcome>;
  readonly posts: () => number;
  close(): void;
};

export function createPusher(options: PusherOptions): Pusher {
  const poster = createPoster();
  const tokens = createTokenCache(options);
  let posts = 0;
  let turn = 0;

  async function push(plan: SubscriptionPlan, body: PushBody): Promise<PushOutcome> {
    const { functionName, ackDeadlineSeconds } = plan;
    const { urls, audience } = options.endpoint(functionName);
    turn += 1;
    const url = urls[turn % urls.length];
    const other = urls[(turn + 1) % urls.length] ?? url;
    if (url === undefined || other === undefined) return { acknowledged: false, answer: `nobody serves ${functionName}` };
    const token = await tokens.get(audience);
    const text = renderPush(body);
    const post = (to: string): Promise<PushOutcome> => {
      posts += 1;
      return poster.post({ url: to, token, body: text, timeoutMs: ackDeadlineSeconds * 1_000 });
    };
    const again = options.duplicate?.({ ...body, functionName, url }) ?? null;
    const second = again === 'at-once' ? post(other) : null;
    const outcome = await post(url);
    await (again === 'afterwards' ? post(other) : second);
    return outcome;
  }

  return { push, posts: () => posts, close: () => poster.close() };
}

const tokenLifeMs = 5 * 60_000;

/** One token for all requests to an audience for a while, as Pub/Sub does. */
function createTokenCache({ sign, invoker }: PusherOptions): { get(audience: string): Promise<string> } {
  const tokens = new Map<string, { readonly token: Promise<string>; readonly until: number }>();
  return {
    get(audience) {
      const kept = tokens.get(audience);
      if (kept !== undefined && kept.until > Date.now()) return kept.token;
      const token = sign({ audience, email: invoker });
      tokens.set(audience, { token, until: Date.now() + tokenLifeMs });
      return token;
    },
  };
}
