/** The worker thread that evaluates expressions, one at a time. The main thread kills it when no answer comes. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { expressionEngineLimits, type WorkerMessage } from './expression-protocol.ts';
import { createHostLibrary } from './host-library.ts';
import { createQuickJsEngine, type EngineCall } from './quickjs-engine.ts';

// QuickJS asks its host for the local time zone; expressions have none, they are UTC.
Date.prototype.getTimezoneOffset = () => 0;

const { port }: { readonly port: MessagePort } = workerData;
const options = { limits: expressionEngineLimits, mode: 'expression', library: createHostLibrary() } as const;
let engine = await createQuickJsEngine(options);

port.on('message', async (call: EngineCall) => {
  const answer = engine.run(call);
  const usable = engine.usable();
  tell({ answer, ready: usable });
  if (usable) return;
  engine = await createQuickJsEngine(options);
  tell({ answer: null, ready: true });
});
tell({ answer: null, ready: true });

function tell(message: WorkerMessage): void {
  port.postMessage(message);
}
