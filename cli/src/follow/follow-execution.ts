/**
 * Follows an execution to its end: by its event stream, taken up again after a cut with Last-Event-ID; where streams do not get through,
 * by asking again and again. No step is told twice, and the end is reconciled with the stored execution, so none is left out either.
 *
 *   streaming -> cut -> (back-off) streaming ...   after `maxCuts` in a row, or from a server without streams -> asking
 *   streaming -> `done` -> asking -> terminal status -> the finished execution;   any -> abort -> null
 */
import { followEvents } from '@automateos/client/event-stream';
import { CliError } from '../cli-error.ts';
import { Execution, isOver, type Step } from '../http/answers.ts';
import type { ApiClient } from '../http/api-client.ts';
import { type FollowEvent, parseFollowEvent } from './follow-event.ts';

export type FollowOptions = {
  readonly api: ApiClient;
  readonly executionId: string;
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

type Told = Set<string>;

const maxCuts = 6;
const askEveryMs = 1_000;

/** Yields what happens; returns the finished execution, or null when the signal aborted. */
export async function* followExecution(options: FollowOptions): AsyncGenerator<FollowEvent, Execution | null> {
  const told: Told = new Set();
  const streamed = yield* followStream(options, told);
  return streamed === 'aborted' ? null : yield* followByAsking(options, told);
}

async function* followStream(options: FollowOptions, told: Told): AsyncGenerator<FollowEvent, 'done' | 'aborted' | 'no-streams'> {
  const { api, signal, sleep } = options;
  const path = `/v1/executions/${encodeURIComponent(options.executionId)}/events`;
  const open = (headers: Readonly<Record<string, string>>) => api.open(path, { headers, signal, timeoutMs: 0 });
  const stream = followEvents({ open, isPassing: mayPass, signal, sleep, maxCuts, pauseMs: { first: 250, longest: 5_000 } });
  try {
    for (let next = await stream.next(); ; next = await stream.next()) {
      if (next.done) return next.value === 'done' || next.value === 'aborted' ? next.value : 'no-streams';
      if (next.value.kind === 'cut') yield { kind: 'reconnecting', reason: next.value.reason };
      if (next.value.kind !== 'event' || next.value.event.event === 'done') continue;
      const event = parseFollowEvent(next.value.event);
      if (event !== null && isNew(event, told)) yield event;
    }
  } catch (error) {
    if (error instanceof CliError && hasNoStreams(error)) return 'no-streams';
    throw error;
  }
}

async function* followByAsking(options: FollowOptions, told: Told): AsyncGenerator<FollowEvent, Execution | null> {
  const { api, signal } = options;
  const path = `/v1/executions/${encodeURIComponent(options.executionId)}`;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const execution = await api.call(Execution, path, { signal });
      failures = 0;
      for (const step of execution.steps ?? []) {
        const event: FollowEvent = { kind: 'step', step, raw: JSON.parse(JSON.stringify(step)) };
        if (isNew(event, told)) yield event;
      }
      if (isOver(execution.status)) return execution;
      const event: FollowEvent = { kind: 'status', status: execution.status, raw: { status: execution.status } };
      if (isNew(event, told)) yield event;
    } catch (error) {
      if (signal.aborted) return null;
      failures += 1;
      if (!(error instanceof CliError) || !isPassing(error) || failures >= maxCuts) throw error;
      yield { kind: 'reconnecting', reason: error.message };
    }
    await options.sleep(askEveryMs, signal);
  }
  return null;
}

/** A stream that starts over, or a snapshot, tells what was told before. */
function isNew(event: FollowEvent, told: Told): boolean {
  if (event.kind !== 'step') return true;
  const key = stepKey(event.step);
  if (told.has(key)) return false;
  told.add(key);
  return true;
}

function stepKey({ scope, nodeId, generation, attempt, status }: Step): string {
  // A finished step has one ending per generation, whichever attempt an event names.
  const attemptPart = status === 'running' || status === 'waiting' || status === 'queued' ? (attempt ?? 1) : '';
  return [scope ?? '', nodeId, generation ?? 1, attemptPart, status].join('|');
}

function hasNoStreams(error: CliError): boolean {
  return [404, 405, 406, 501].includes(error.details.status ?? 0);
}

function mayPass(error: unknown): boolean {
  return !(error instanceof CliError) || (isPassing(error) && !hasNoStreams(error));
}

/** May be over in a moment: the server restarts, or asks for patience. */
function isPassing(error: CliError): boolean {
  const { status, code } = error.details;
  return code === 'UNREACHABLE' || status === 429 || (status !== undefined && status >= 500);
}
