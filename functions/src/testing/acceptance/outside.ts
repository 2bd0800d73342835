/** The world that the acceptance workflows act upon: a loopback server that notes which step asked, under which key, and can refuse. */
import type { JsonObject } from '@automateos/shared/model/json';
import { startLoopbackServer } from '../loopback-server.ts';

export type Effect = { readonly step: string; readonly execution: string; readonly key: string; readonly body: JsonObject };

export type Outside = AsyncDisposable & {
  readonly origin: string;
  /** Of one execution, in the order in which they came. */
  effectsOf(executionId: string): readonly Effect[];
  /** Steps of this name are answered with 400, which no policy retries, or with the status, until `mend`. */
  refuse(step: string, status?: number): void;
  mend(step: string): void;
};

export async function startOutside(): Promise<Outside> {
  const effects: Effect[] = [];
  const refused = new Map<string, number>();
  const server = await startLoopbackServer(({ headers, body: bytes }) => {
    const body: JsonObject = JSON.parse(bytes.toString('utf8'));
    const [step, execution] = [String(body.step), String(body.execution)];
    effects.push({ step, execution, key: String(headers['idempotency-key']), body });
    const answer = refused.has(step) ? { refused: step } : { done: step };
    return {
      status: refused.get(step) ?? 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(answer),
    };
  });
  return {
    origin: server.origin,
    effectsOf: (executionId) => effects.filter(({ execution }) => execution === executionId),
    refuse: (step, status = 400) => void refused.set(step, status),
    mend: (step) => void refused.delete(step),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A step that tells the outside its name, and what else it is given. */
export function tell(origin: string, step: string, more: JsonObject = {}, name: string = step): JsonObject {
  const body = { execution: '{{ execution.id }}', step: name, ...more };
  return { id: step, type: 'http.request', params: { method: 'POST', url: `${origin}/${step}`, body } };
}

/** a -> b -> c */
export const chain = (...ids: readonly string[]): JsonObject[] =>
  ids.slice(1).map((to, index) => ({ from: ids[index] ?? '', to }));
