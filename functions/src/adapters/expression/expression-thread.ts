/**
 * The main thread's end of the expression worker: ask, sleep until the answer, kill what does not answer. The worker starts with the first
 * question and ends after a while without one; a killed one is replaced by the next question.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { signal, wallLimitMs } from './expression-protocol.ts';
import type { EngineAnswer, EngineCall } from './quickjs-engine.ts';

export type ExpressionThread = {
  /** Blocks this thread until the worker can be asked; false when it does not start. */
  readonly ready: () => boolean;
  /** Blocks this thread until the answer, well under a second once the worker is ready. */
  readonly ask: (call: EngineCall) => EngineAnswer;
  /** Starts the worker, so that the first question need not wait for it. */
  readonly warm: () => void;
  readonly close: () => Promise<void>;
};

type Running = { readonly worker: Worker; readonly port: MessagePort; readonly control: Int32Array };

const startLimitMs = 20_000;

export function createExpressionThread(options: { readonly idleMs: number }): ExpressionThread {
  let running: Running | null = null;
  let idle: NodeJS.Timeout | undefined;
  const ending = new Set<Promise<unknown>>();

  const stop = (): void => {
    const ended = running?.worker.terminate();
    running?.port.close();
    running = null;
    if (!ended) return;
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  };
  const current = (): Running => {
    running ??= start(() => {
      running = null;
    });
    return running;
  };
  const rest = (): void => {
    if (idle) idle.refresh();
    else idle = setTimeout(stop, options.idleMs).unref();
  };

  const ready = (): boolean => {
    const started = until(current().control, startLimitMs);
    if (!started) stop();
    return started;
  };

  return {
    warm() {
      current();
      // one that nobody asks after all ends like any other
      rest();
    },
    ready,
    ask(call) {
      const { port, control } = current();
      rest();
      if (!ready()) return { kind: 'broken', message: 'the sandbox did not start' };
      port.postMessage(call);
      Atomics.store(control, 0, signal.asked);
      Atomics.notify(control, 0);
      const deadline = performance.now() + wallLimitMs;
      for (;;) {
        const received = receiveMessageOnPort(port);
        if (received) return received.message;
        const left = deadline - performance.now();
        if (left <= 0) {
          stop();
          return { kind: 'timeout' };
        }
        Atomics.wait(control, 0, signal.asked, left);
      }
    },
    async close() {
      clearTimeout(idle);
      stop();
      await Promise.all(ending);
    },
  };
}

/** Sleeps until the worker is idle; false when it is not in time. */
function until(control: Int32Array, limitMs: number): boolean {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const state = Atomics.load(control, 0);
    if (state === signal.idle) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    Atomics.wait(control, 0, state, left);
  }
}

function start(ended: () => void): Running {
  const control = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./expression-worker.ts', import.meta.url), {
    name: 'expressions',
    workerData: { control, port: port2 },
    transferList: [port2],
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
  });
  worker.unref();
  worker.on('error', ended);
  port1.unref();
  return { worker, port: port1, control };
}
