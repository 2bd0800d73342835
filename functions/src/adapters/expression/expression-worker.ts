/**
 * The worker thread that evaluates expressions. It answers synchronously: the main thread sleeps on `control` until the answer is in the
 * port, and kills this thread when none comes. Nothing here waits for events.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { expressionEngineLimits, signal } from './expression-protocol.ts';
import { createHostLibrary } from './host-library.ts';
import { createQuickJsEngine, type EngineCall } from './quickjs-engine.ts';

// QuickJS asks its host for the local time zone; expressions have none, they are UTC.
Date.prototype.getTimezoneOffset = () => 0;

const { control, port }: { readonly control: Int32Array; readonly port: MessagePort } = workerData;

await serve();

async function serve(): Promise<never> {
  const options = { limits: expressionEngineLimits, mode: 'expression', library: createHostLibrary() } as const;
  let engine = await createQuickJsEngine(options);
  tell(signal.idle);
  for (;;) {
    Atomics.wait(control, 0, signal.idle);
    const received = receiveMessageOnPort(port);
    if (received) {
      const call: EngineCall = received.message;
      port.postMessage(engine.run(call));
    }
    if (!engine.usable()) engine = await createQuickJsEngine(options);
    tell(signal.idle);
  }
}

function tell(state: number): void {
  Atomics.store(control, 0, state);
  Atomics.notify(control, 0);
}
