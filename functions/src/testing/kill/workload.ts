/** What runs while the server is killed: a chain, a fork with a join, a for-each, and clients that call its webhook all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonValue } from '@automateos/shared/model/json';

/** Steps that every execution must have done, as they name themselves to the outside. */
export const expectedSteps: readonly string[] = ['first', 'left', 'right', 'item-0', 'item-1', 'item-2', 'last'];

export function killWorkflow(origin: string): JsonValue {
  const ask = (id: string, step = id, more: Record<string, JsonValue> = {}): JsonValue => ({
    ...{ id, type: 'http.request', ...more },
    params: { method: 'POST', url: `${origin}/effects`, body: { execution: '{{ execution.id }}', step } },
  });
  return {
    name: 'kill',
    nodes: [
      { id: 'hook', type: 'trigger.webhook' },
      ask('first'),
      {
        id: 'shape',
        type: 'data.set',
        params: { values: { items: '{{ [0, 1, 2] }}', of: '{{ steps.first.output.body.done }}' } },
      },
      ask('left'),
      ask('right'),
      { id: 'each', type: 'flow.for-each', params: { items: '{{ steps.shape.output.items }}' } },
      ask('one', 'item-{{ item }}', { parent: 'each' }),
      ask('last'),
    ],
    edges: [
      ...[['hook', 'first'] as const, ['first', 'shape'] as const].map(([from, to]) => ({ from, to })),
      ...['left', 'right', 'each'].flatMap((id) => [
        { from: 'shape', to: id },
        { from: id, to: 'last' },
      ]),
    ],
  };
}

export type Delivery = {
  /** null: sent once, without a key. Else sent again until there is an answer. */
  readonly key: string | null;
  /** Every answer that came; more than one id for a key is a fault. */
  readonly executionIds: string[];
  /** Sent and never answered: an execution of it may exist. */
  unanswered: number;
};

export type Load = { readonly deliveries: readonly Delivery[]; readonly refusals: readonly string[]; stop(): Promise<void> };

const clients = 16;
const pauseMs = 15;

/** Calls `hook` until stopped, through every restart. Half of the deliveries have a key. */
export function startLoad(hook: string): Load {
  const deliveries: Delivery[] = [];
  const refusals: string[] = [];
  let stopped = false;

  async function client(): Promise<void> {
    while (!stopped) {
      const serial = deliveries.length;
      const delivery: Delivery = { key: serial % 2 === 0 ? `delivery-${serial}` : null, executionIds: [], unanswered: 0 };
      deliveries.push(delivery);
      while (!(await send(delivery)) && delivery.key !== null) await sleep(pauseMs);
      await sleep(pauseMs);
    }
  }

  async function send(delivery: Delivery): Promise<boolean> {
    const headers = { 'content-type': 'application/json', ...(delivery.key === null ? {} : { 'idempotency-key': delivery.key }) };
    try {
      const response = await fetch(hook, { method: 'POST', headers, body: '{"order":1}' });
      const text = await response.text();
      if (!response.ok) refusals.push(`${response.status} ${text}`);
      else delivery.executionIds.push(JSON.parse(text).executionId);
      return response.ok;
    } catch (error) {
      // Killed before the answer, or not up yet: then nothing can have been accepted.
      const { code } = error instanceof Error ? (error.cause as { code?: string }) : {};
      if (code !== 'ECONNREFUSED') delivery.unanswered += 1;
      return false;
    }
  }

  const running = Array.from({ length: clients }, client);
  return {
    deliveries,
    refusals,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
