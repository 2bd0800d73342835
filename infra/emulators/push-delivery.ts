/**
 * One push of one message, in the form in which Pub/Sub sends it ("wrapped", https://cloud.google.com/pubsub/docs/push): who gets which
 * fields, which answers acknowledge, and that a request which outlasts the acknowledgement deadline has failed.
 */
import { Agent, request } from 'node:http';

export type PushMessage = {
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishTime: string;
  readonly orderingKey?: string | undefined;
};

export type PushBody = {
  /** `projects/P/subscriptions/S` */
  readonly subscription: string;
  readonly message: PushMessage;
  /** null where the subscription has no dead-letter policy. */
  readonly deliveryAttempt: number | null;
};

/** Empty fields are left out, names are there in both spellings: as Pub/Sub does. */
export function renderPush({ subscription, message, deliveryAttempt }: PushBody): string {
  const { id, data, attributes, publishTime, orderingKey } = message;
  return JSON.stringify({
    ...(deliveryAttempt !== null && { deliveryAttempt }),
    message: {
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(data.length > 0 && { data: Buffer.from(data).toString('base64') }),
      ...{ messageId: id, message_id: id },
      ...(orderingKey && { orderingKey }),
      ...{ publishTime, publish_time: publishTime },
    },
    subscription,
  });
}

const acknowledging = new Set([102, 200, 201, 202, 204]);

export type PushPost = {
  readonly url: string;
  readonly token: string;
  readonly body: string;
  readonly timeoutMs: number;
};

export type PushOutcome = { readonly acknowledged: boolean /** For the log. */; readonly answer: string };

/** Posts over kept-alive connections. Never rejects: whatever goes wrong is not acknowledged. */
export function createPoster(): { post(push: PushPost): Promise<PushOutcome>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  return { post: (push) => post(agent, push), close: () => agent.destroy() };
}

function post(agent: Agent, { url, token, body, timeoutMs }: PushPost): Promise<PushOutcome> {
  return new Promise((resolve) => {
    const failed = (reason: string): void => resolve({ acknowledged: false, answer: reason });
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'CloudPubSub-Google',
        from: 'noreply@google.com',
        accept: 'application/json',
      },
    });
    const timer = setTimeout(() => {
      failed('no answer within the acknowledgement deadline');
      sent.destroy();
    }, timeoutMs);
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('error', () => {}); // the status has been answered: the rest does not matter
      resolve({ acknowledged: acknowledging.has(status), answer: `HTTP ${status}` });
    });
    sent.on('error', (error) => failed(error.message));
    sent.on('close', () => {
      clearTimeout(timer);
      failed('connection closed');
    });
    sent.end(body);
  });
}
