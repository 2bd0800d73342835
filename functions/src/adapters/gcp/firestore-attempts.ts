/**
 * What Firestore's errors mean, and calls that are tried again. A call that only reads may be made as often as its time allows; what comes out
 * at the end is StoreUnavailable, or TypeError for what the service calls a mistake of ours.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { grpcStatus, statusOf } from './grpc-client.ts';

export type Patience = {
  /** One attempt, ms. */
  readonly attemptMs: number;
  /** All of them together. */
  readonly totalMs: number;
};

/** Answers that another attempt would only hear again. */
const final: readonly number[] = [
  grpcStatus.invalidArgument,
  grpcStatus.notFound,
  grpcStatus.failedPrecondition,
  grpcStatus.permissionDenied,
  grpcStatus.unauthenticated,
];

/** For reads. `attempt` is told how long it may take. */
export async function tryAgain<T>(attempt: (timeoutMs: number) => Promise<T>, patience: Patience): Promise<T> {
  const clock = startClock(patience);
  for (;;) {
    try {
      return await attempt(clock.attemptMs());
    } catch (error) {
      const status = statusOf(error);
      if (status !== null && final.includes(status)) throw asStoreError(error);
      if (!(await clock.pause())) throw asStoreError(error);
    }
  }
}

export type AttemptClock = {
  /** How long the next attempt may take. */
  attemptMs(): number;
  /** Waits before the next attempt; false, at once, when there is no time for one. */
  pause(): Promise<boolean>;
};

export function startClock({ attemptMs, totalMs }: Patience): AttemptClock {
  const until = performance.now() + totalMs;
  let pauseMs = 25;
  const left = (): number => Math.max(1, Math.floor(until - performance.now()));
  return {
    attemptMs: () => Math.min(attemptMs, left()),
    async pause() {
      const waitMs = pauseMs * (0.5 + Math.random());
      if (waitMs >= left()) return false;
      pauseMs = Math.min(pauseMs * 2, 1_000);
      await sleep(waitMs);
      return true;
    },
  };
}

/** What a caller of the store is told of an error of the service. */
export function asStoreError(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const status = statusOf(cause);
  // A query that lacks an index is refused with FAILED_PRECONDITION.
  if (status === grpcStatus.invalidArgument || status === grpcStatus.failedPrecondition) {
    return new TypeError(`Firestore refused: ${message}`, { cause });
  }
  return new StoreUnavailable(`Firestore: ${message}`, { cause });
}
