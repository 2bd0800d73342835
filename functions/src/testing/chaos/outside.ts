/**
 * The outside world of the chaos test: it does what the simulator's effects do, and remembers every request by its idempotency key. What
 * it answers follows from the request and from how often it was asked under that key, never from who asks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { effectOutput } from '../../simulator/effects.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';

export type SeenEffect = {
  readonly execution: string;
  readonly node: string;
  /** Requests under this key. */
  readonly count: number;
  /** Other steps that were asked for under the same key, `{execution} {node}`: none, if all is well. */
  readonly strangers: readonly string[];
};

/** null: no answer, ever. */
export type Reply = { readonly status: number; readonly value: JsonValue } | null;

export type Outside = {
  /** key -> what was asked under it. */
  readonly seen: ReadonlyMap<string, SeenEffect>;
  ask(key: string, body: JsonObject): Reply;
};

export function createOutside(): Outside {
  const seen = new Map<string, SeenEffect>();
  return {
    seen,
    ask(key, body) {
      const [execution, node] = [String(body.execution), String(body.node)];
      const known = seen.get(key) ?? { execution, node, count: 0, strangers: [] };
      const isStranger = known.execution !== execution || known.node !== node;
      const strangers = isStranger ? [...known.strangers, `${execution} ${node}`] : known.strangers;
      seen.set(key, { ...known, count: known.count + 1, strangers });
      if (body.poison) return null;
      if (body.final) return { status: 400, value: 'fails for good' };
      if (body.always || known.count < Number(body.fail ?? 0)) return { status: 503, value: 'fails for now' };
      const bulk = typeof body.bulk === 'number' ? { bulk: body.bulk } : {};
      return { status: 200, value: effectOutput(node, { value: bare(body.value ?? null), ...bulk }) };
    },
  };
}

/** What the reference takes for the output of a request is the answer's body: everywhere that an output got to. */
export function bare(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: JsonValue) => bare(one));
  if (!isJsonObject(value)) return value;
  if ('status' in value && 'headers' in value && 'body' in value) return bare(value.body ?? null);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bare(one)]));
}

export type OutsideServer = Outside & { readonly server: LoopbackServer; onPoison(act: () => void): void };

export async function startOutside(): Promise<OutsideServer> {
  let poisoned = (): void => {};
  const outside = createOutside();
  const server = await startLoopbackServer(async ({ headers, body: bytes }) => {
    const body: JsonObject = JSON.parse(bytes.toString('utf8'));
    const reply = outside.ask(String(headers['idempotency-key']), body);
    if (reply === null) {
      poisoned();
      return undefined;
    }
    await sleep(Number(body.ms ?? 0));
    return { status: reply.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply.value) };
  });
  return {
    ...{ ...outside, server },
    onPoison(act) {
      poisoned = act;
    },
  };
}
