/**
 * Evaluates sandboxed expressions in one worker, or two while there is more than one can do. Callers take turns; a worker that is stuck is
 * replaced and only its own call is lost. Workers start with the first call and end after a while without one.
 */
import { type ExpressionThread, startExpressionThread } from './expression-thread.ts';
import { createFairQueue } from './fair-queue.ts';
import type { EngineAnswer, EngineCall } from './quickjs-engine.ts';

export type ExpressionPool = {
  readonly ask: (question: Question) => Promise<Reply>;
  /** Starts a worker, so that the first call need not wait for it. */
  readonly warm: () => void;
  readonly close: () => Promise<void>;
};

export type Question = {
  readonly call: EngineCall;
  /** Callers take turns. */
  readonly caller: string;
  /** Asked when its turn has come: whether it is to be evaluated still. */
  readonly isWanted: () => boolean;
};

/** null: no longer wanted when its turn came. `tookMs` counts from when a worker was given the call. */
export type Reply = { readonly answer: EngineAnswer; readonly tookMs: number } | null;

type Waiting = { readonly question: Question; readonly settle: (reply: Reply) => void };

const maxThreads = 2;
/** Calls have waited all this time: one worker is not enough. */
const growAfterMs = 50;

export function createExpressionPool(options: { readonly idleMs: number }): ExpressionPool {
  const queue = createFairQueue<Waiting>();
  const threads = new Set<ExpressionThread>();
  const ending = new Set<Promise<void>>();
  let rest: NodeJS.Timeout | undefined;
  let growth: NodeJS.Timeout | undefined;

  const start = (): void => {
    threads.add(startExpressionThread({ idle: dispatch, ended }));
    if (rest) rest.refresh();
    else rest = setTimeout(endIdle, options.idleMs).unref();
  };
  const ended = (thread: ExpressionThread, started: boolean): void => {
    threads.delete(thread);
    const stopped = thread.end().finally(() => ending.delete(stopped));
    ending.add(stopped);
    // Where none can be started, another attempt would not help those who wait.
    if (!started && threads.size === 0) refuseAll('the sandbox did not start');
    dispatch();
  };
  const refuseAll = (message: string): void => {
    for (let next = queue.take(); next; next = queue.take()) next.settle({ answer: { kind: 'broken', message }, tookMs: 0 });
  };
  const takeWanted = (): Waiting | undefined => {
    for (let next = queue.take(); next; next = queue.take()) {
      if (next.question.isWanted()) return next;
      next.settle(null);
    }
    return undefined;
  };
  const dispatch = (): void => {
    for (const thread of threads) {
      const next = thread.isIdle() ? takeWanted() : undefined;
      if (!next) continue;
      const began = performance.now();
      thread.run(next.question.call, (answer) => next.settle({ answer, tookMs: performance.now() - began }));
    }
    if (queue.size() === 0) {
      clearTimeout(growth);
      growth = undefined;
      return;
    }
    if (threads.size === 0) start();
    else if (threads.size < maxThreads) growth ??= setTimeout(grow, growAfterMs).unref();
  };
  const grow = (): void => {
    growth = undefined;
    if (queue.size() > 0 && threads.size < maxThreads) start();
  };
  const endIdle = (): void => {
    rest = undefined;
    const busy = queue.size() > 0 || [...threads].some((thread) => !thread.isIdle());
    if (busy) rest = setTimeout(endIdle, options.idleMs).unref();
    else for (const thread of threads) void thread.end();
  };

  return {
    ask(question) {
      return new Promise((settle) => {
        queue.add(question.caller, { question, settle });
        rest?.refresh();
        dispatch();
      });
    },
    warm() {
      if (threads.size === 0) start();
      else rest?.refresh();
    },
    async close() {
      clearTimeout(rest);
      rest = undefined;
      refuseAll('it was closed');
      for (const thread of threads) void thread.end();
      await Promise.all(ending);
    },
  };
}
