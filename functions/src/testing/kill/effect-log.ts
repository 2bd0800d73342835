/** The outside world of the kill test: a server that notes which step of which execution asked for what, under which key. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';

export type EffectLog = {
  /** `{execution} {step}` -> key -> how often it was asked. */
  readonly byStep: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly server: LoopbackServer;
};

/** A step takes this long at most, so that kills meet steps under way. */
const longestMs = 30;

export async function startEffectLog(): Promise<EffectLog> {
  const byStep = new Map<string, Map<string, number>>();
  const server = await startLoopbackServer(async ({ headers, body }) => {
    const { execution, step } = JSON.parse(body.toString('utf8'));
    const key = String(headers['idempotency-key']);
    const keys = byStep.get(`${execution} ${step}`) ?? new Map<string, number>();
    byStep.set(`${execution} ${step}`, keys.set(key, (keys.get(key) ?? 0) + 1));
    await sleep(randomInt(longestMs));
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ done: step }) };
  });
  return { byStep, server };
}
