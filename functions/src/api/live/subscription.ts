/** One subscription of a connection: events as the connection and the client's window take them, and why it ended. */
import type { LiveItem, StreamEnd } from '@automateos/shared/model/live-event';
import type { LiveSubscribe } from '@automateos/shared/model/live-message';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../../app/app-context.ts';
import {
  type Follow,
  type Followed,
  followApprovals,
  followExecution,
  followExecutions,
  followWorkflows,
  nowId,
} from '../../app/live/follow.ts';
import { createEventWindow } from './event-window.ts';
import type { LiveSocket } from './live-socket.ts';

export type Subscription = { acknowledge(eventId: string): void; stop(): void };

export type SubscriptionOptions = {
  readonly app: App;
  readonly principal: Principal;
  readonly renew: Follow['renew'];
  readonly socket: LiveSocket;
  readonly explain: (error: unknown) => StreamEnd;
  /** It is over, by itself or by `stop`. */
  readonly onEnd: () => void;
};

/** Throws what is wrong with the request; what shows later ends the subscription. */
export function openSubscription(message: LiveSubscribe, options: SubscriptionOptions): Subscription {
  const { socket, explain, onEnd } = options;
  const { id } = message;
  const abort = new AbortController();
  const window = createEventWindow(message.window);
  const start = message.stream === 'execution' ? (message.after ?? null) : (message.after ?? nowId(options.app));
  const items = open(message, { after: start, signal: abort.signal, renew: options.renew }, options);

  async function deliver({ id: eventId, event }: LiveItem): Promise<boolean> {
    await window.room();
    if (abort.signal.aborted) return false;
    window.sent(eventId);
    return socket.send({ type: 'event', id, eventId, event });
  }

  async function run(): Promise<void> {
    try {
      for await (const item of items) if (!(await deliver(item))) return;
      if (!abort.signal.aborted) socket.answer({ type: 'done', id });
    } catch (error) {
      if (!abort.signal.aborted) socket.answer({ type: 'end', id, ...explain(error) });
    } finally {
      abort.abort();
      onEnd();
    }
  }

  socket.answer({ type: 'subscribed', id, eventId: start });
  void run(); // it never fails: see above
  return {
    acknowledge: window.acknowledge,
    stop() {
      abort.abort();
      window.close();
    },
  };
}

function open(message: LiveSubscribe, follow: Follow, { app, principal }: SubscriptionOptions): Followed {
  switch (message.stream) {
    case 'execution':
      return followExecution(app, principal, { ...follow, executionId: message.executionId });
    case 'executions': {
      const { workflowId, status } = message;
      return followExecutions(app, principal, { ...follow, workflowId, status });
    }
    case 'approvals':
      return followApprovals(app, principal, follow);
    case 'workflows':
      return followWorkflows(app, principal, follow);
    default:
      return message satisfies never;
  }
}
