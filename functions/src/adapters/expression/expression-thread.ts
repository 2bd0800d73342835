/**
 * The main thread's end of one expression worker: starting -> idle <-> busy -> ended. It evaluates one call at a time, never keeps this
 * thread waiting, and ends by itself when it does not start or does not answer in time; then a new one is made.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type WorkerMessage, wallLimitMs } from './expression-protocol.ts';
import type { EngineAnswer, EngineCall } from './quickjs-engine.ts';

export type ExpressionThread = {
  readonly isIdle: () => boolean;
  /** Only while idle. */
  readonly run: (call: EngineCall, answered: (answer: EngineAnswer) => void) => void;
  /** A call that is being evaluated is answered as broken. */
  readonly end: () => Promise<void>;
};

export type ThreadEvents = {
  readonly idle: () => void;
  /** Once, also after `end`. `started`: it has been idle at least once. */
  readonly ended: (thread: ExpressionThread, started: boolean) => void;
};

const startLimitMs = 20_000;

export function startExpressionThread(events: ThreadEvents): ExpressionThread {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./expression-worker.ts', import.meta.url), {
    name: 'expressions',
    workerData: { port: port2 },
    transferList: [port2],
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
  });
  let state: 'starting' | 'idle' | 'recovering' | 'busy' | 'ended' = 'starting';
  let answered: ((answer: EngineAnswer) => void) | null = null;
  let ending: Promise<unknown> | undefined;
  let began = 0;

  const answer = (given: EngineAnswer): void => {
    const tell = answered;
    answered = null;
    tell?.(given);
  };
  const finish = (last: EngineAnswer): void => {
    if (state === 'ended') return;
    const started = state !== 'starting';
    state = 'ended';
    clearTimeout(startLimit);
    clearTimeout(callLimit);
    port.close();
    ending = worker.terminate();
    answer(last);
    events.ended(thread, started);
  };
  const received = (message: WorkerMessage): void => {
    if (state === 'ended') return;
    if (state === 'starting') clearTimeout(startLimit);
    state = message.ready ? 'idle' : 'recovering';
    // A process that waits for nothing else may end.
    if (message.ready) port.unref();
    if (message.answer) answer(message.answer);
    if (state === 'idle') events.idle();
  };
  const startLimit = setTimeout(() => finish(broken('the sandbox did not start')), startLimitMs).unref();
  // Started anew by each call. Fires late where this thread was busy itself, when the answer may have come long ago.
  const callLimit = setTimeout(() => {
    if (state !== 'busy' && state !== 'recovering') return;
    // It was started anew for another call while it was due already.
    if (performance.now() - began < wallLimitMs - 1) {
      callLimit.refresh();
      return;
    }
    const late = receiveMessageOnPort(port);
    if (late) received(late.message);
    else finish({ kind: 'timeout' });
  }, wallLimitMs).unref();

  worker.unref();
  worker.on('error', (error) => finish(outOfMemory(error) ? { kind: 'memory' } : broken('its worker failed')));
  worker.on('exit', () => finish(broken('its worker has ended')));
  port.on('message', received);

  const thread: ExpressionThread = {
    isIdle: () => state === 'idle',
    run(call, whenAnswered) {
      state = 'busy';
      answered = whenAnswered;
      port.ref();
      began = performance.now();
      callLimit.refresh();
      port.postMessage(call);
    },
    async end() {
      finish(broken('it was closed'));
      await ending;
    },
  };
  return thread;
}

function broken(message: string): EngineAnswer {
  return { kind: 'broken', message };
}

function outOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
