/** What happens to an execution while somebody watches. */

import type { StreamMessage } from '@automateos/client/event-stream';
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { LogLine, Step } from '../http/answers.ts';

export type FollowEvent =
  | { readonly kind: 'step'; readonly step: Step; readonly raw: JsonValue }
  | { readonly kind: 'log'; readonly log: LogLine; readonly raw: JsonValue }
  | { readonly kind: 'status'; readonly status: string; readonly raw: JsonValue }
  | { readonly kind: 'reconnecting'; readonly reason: string };

/** Null for what this command does not know: an event may be added, and the end is reconciled with the execution itself. */
export function parseFollowEvent(message: StreamMessage): FollowEvent | null {
  const data = parseJson(message.data);
  if (!isJsonObject(data)) return null;
  const name = message.event ?? (typeof data.type === 'string' ? data.type : '');
  // The step or line itself, or an envelope around it.
  const inner = isJsonObject(data.step) ? data.step : isJsonObject(data.log) ? data.log : data;
  if (name.includes('log')) {
    const log = LogLine.safeParse(inner);
    return log.success ? { kind: 'log', log: log.data, raw: data } : null;
  }
  const step = Step.safeParse(inner);
  if (step.success) return { kind: 'step', step: step.data, raw: data };
  const execution = isJsonObject(data.execution) ? data.execution : data;
  return typeof execution.status === 'string' ? { kind: 'status', status: execution.status, raw: data } : null;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not ours.
  }
}
