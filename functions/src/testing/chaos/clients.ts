/**
 * Whoever starts executions while everything is struck: each delivery has a key and is sent until it is accepted, some twice at once, as
 * senders of webhooks do. What was answered is remembered, every answer of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Random } from '../../simulator/random.ts';
import type { Promised } from './evidence.ts';
import type { ChaosStart } from './workload.ts';

export type ClientsOptions = {
  readonly url: string;
  /** Workflow ids by name. */
  readonly ids: ReadonlyMap<string, string>;
  readonly starts: readonly ChaosStart[];
  /** The starts are spread over this time, or a longer one: */
  readonly overMs: number;
  /** whoever would start one asks first whether there is room, so that what waits stays little, as it would with more machines. */
  readonly isRoom: () => boolean;
  readonly random: Random;
};

export type Clients = {
  readonly promises: readonly Promised[];
  /** Requests that were answered with an error or not at all, and were sent again. */
  readonly repeated: () => number;
  /** Answers that no client of good will should get: 4xx. */
  readonly refusals: readonly string[];
  /** Resolves when every delivery was accepted. */
  readonly done: Promise<void>;
};

const patienceMs = 60_000;
const pauseMs = 250;
const longestPauseMs = 3_000;
const twice = 0.15;

export function startClients({ url, ids, starts, overMs, isRoom, random }: ClientsOptions): Clients {
  const promises: (Promised & { executionIds: string[] })[] = [];
  const refusals: string[] = [];
  let repeated = 0;

  async function send(start: ChaosStart): Promise<string | null> {
    try {
      const response = await fetch(`${url}/hooks/${ids.get(start.workflow)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': start.key },
        body: JSON.stringify(start.body),
        signal: AbortSignal.timeout(patienceMs),
      });
      const text = await response.text();
      if (response.status >= 400 && response.status < 500) refusals.push(`${start.key}: ${response.status} ${text}`);
      return response.ok ? executionIdOf(JSON.parse(text)) : null;
    } catch {
      return null; // killed before the answer, or no answer in time: sent again
    }
  }

  async function insist(start: ChaosStart, promised: { executionIds: string[] }): Promise<void> {
    for (let pause = pauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
      const id = await send(start);
      if (id !== null) return void promised.executionIds.push(id);
      repeated += 1;
      await sleep(pause);
    }
  }

  async function deliver(start: ChaosStart, copies: number): Promise<void> {
    const promised = { key: start.key, executionIds: [] };
    promises.push(promised);
    await Promise.all(Array.from({ length: copies }, () => insist(start, promised)));
  }

  async function deliverAll(): Promise<void> {
    const delivered: Promise<void>[] = [];
    for (const start of starts) {
      await sleep((overMs / starts.length) * 2 * random.next());
      while (!isRoom()) await sleep(pauseMs);
      delivered.push(deliver(start, random.chance(twice) ? 2 : 1));
    }
    await Promise.all(delivered);
  }

  return { promises, refusals, repeated: () => repeated, done: deliverAll() };
}

function executionIdOf(body: JsonValue): string | null {
  return isJsonObject(body) && typeof body.executionId === 'string' ? body.executionId : null;
}
