/**
 * JavaScript of tenants, run in QuickJS compiled to WebAssembly: no I/O, a deadline, a memory limit, a stack limit. A call leaves nothing
 * behind: after it the memory of the whole module is put back to the image that was taken when it was warm, so nothing can reach from one
 * call into the next, and no context has to be built for each. Belongs into a worker or child that can be killed: loops inside
 * QuickJS's own native code (`indexOf` of a huge array-like) do not look at the deadline.
 */
import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle } from 'quickjs-emscripten-core';
import { takeMemoryImage } from './memory-image.ts';
import { sandboxPrelude } from './sandbox-prelude.ts';

export type EngineLimits = {
  readonly memoryBytes: number;
  readonly stackBytes: number;
  /** CPU time of one call, where the call does not say. */
  readonly cpuMs: number;
  /** Characters of the result as JSON. */
  readonly outputChars: number;
};

export type EngineCall = {
  /** Source of a function. */
  readonly code: string;
  /** JSON array of its arguments. */
  readonly values: string;
  /** Positions in `values` that are undefined. */
  readonly absent: readonly number[];
  readonly cpuMs?: number;
};

/** `expression`: data is frozen, the answer is there at once. `script`: data is the script's own, and promises are waited for. */
export type EngineMode = 'expression' | 'script';

export type EngineAnswer =
  | { readonly kind: 'value'; readonly json: string }
  | { readonly kind: 'error'; readonly message: string; readonly stack: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'output-too-large' }
  /** The engine itself failed. */
  | { readonly kind: 'broken'; readonly message: string };

export type QuickJsEngine = {
  readonly run: (call: EngineCall) => EngineAnswer;
  /** False once it has failed or grown: make a new one. */
  readonly usable: () => boolean;
};

export type HostLibrary = (name: string, argumentsJson: string) => string;

export type EngineOptions = { readonly limits: EngineLimits; readonly mode: EngineMode; readonly library: HostLibrary };

/** Built with a warm module; a call takes some tens of microseconds more than its code. */
export async function createQuickJsEngine({ limits, mode, library }: EngineOptions): Promise<QuickJsEngine> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'));
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(limits.memoryBytes);
  runtime.setMaxStackSize(limits.stackBytes);
  const deadline = createDeadline();
  runtime.setInterruptHandler(deadline.passed);
  const context = runtime.newContext();
  const runner = warm(context, mode, library);
  const outputChars = context.newNumber(limits.outputChars);
  const image = takeMemoryImage(quickjs.getWasmMemory());
  let usable = true;

  /** Handles are not disposed: the memory that they are in is put back as a whole. */
  const answer = (call: EngineCall): EngineAnswer => {
    const source = context.evalCode(call.code, mode);
    if (source.error) return thrown(context, source.error);
    const values = context.newString(call.values);
    const absent = context.newString(JSON.stringify(call.absent));
    const called = context.callFunction(runner, context.undefined, source.value, values, absent, outputChars);
    if (called.error) return thrown(context, called.error);
    if (mode === 'expression') return answered(context.getString(called.value));
    const jobs = runtime.executePendingJobs();
    if (jobs.error) return thrown(context, jobs.error);
    const promise = context.getPromiseState(called.value);
    if (promise.type === 'fulfilled') return answered(context.getString(promise.value));
    if (promise.type === 'rejected') return thrown(context, promise.error);
    return { kind: 'error', message: 'Error: the script waits for a promise that nothing can settle', stack: '' };
  };

  return {
    usable: () => usable,
    run(call) {
      deadline.start(call.cpuMs ?? limits.cpuMs);
      try {
        const result = answer(call);
        // An async function turns the interrupt into a rejection, and what catches that is interrupted again.
        return deadline.hit() ? { kind: 'timeout' } : result;
      } catch (error) {
        usable = false;
        return { kind: 'broken', message: error instanceof Error ? error.message : String(error) };
      } finally {
        deadline.stop();
        if (usable) usable = image.restore();
      }
    },
  };
}

/** Evaluates the prelude and touches every handle that the context makes on first use, so that they are part of the image. */
function warm(context: QuickJSContext, mode: EngineMode, library: HostLibrary): QuickJSHandle {
  const host = context.newFunction('host', (name, json) =>
    context.newString(library(context.getString(name), context.getString(json))),
  );
  const prelude = context.unwrapResult(context.evalCode(`(${sandboxPrelude.toString()})`, 'library', { strict: true }));
  const run = context.unwrapResult(context.callFunction(prelude, context.undefined, host, context.newString(mode)));
  for (const handle of [context.undefined, context.null, context.true, context.false, context.global]) context.typeof(handle);
  return run;
}

/** What ended outside the runner: an interrupt, exhausted memory, or a text that does not parse. */
function thrown(context: QuickJSContext, error: QuickJSHandle): EngineAnswer {
  const dumped: unknown = context.dump(error);
  if (typeof dumped !== 'object' || dumped === null) return asError(String(dumped), '');
  const read = (key: string): string => (key in dumped ? String(dumped[key as keyof typeof dumped]) : '');
  return asError(`${read('name')}: ${read('message')}`, read('stack'));
}

function answered(text: string): EngineAnswer {
  if (text.startsWith('v')) return { kind: 'value', json: text.slice(1) };
  if (text.startsWith('o')) return { kind: 'output-too-large' };
  const { message, stack } = JSON.parse(text.slice(1));
  return asError(String(message), String(stack));
}

function asError(message: string, stack: string): EngineAnswer {
  return message === 'InternalError: out of memory' ? { kind: 'memory' } : { kind: 'error', message, stack };
}

type Deadline = {
  readonly start: (cpuMs: number) => void;
  readonly stop: () => void;
  readonly passed: () => boolean;
  readonly hit: () => boolean;
};

/** Counts CPU time of this thread, so that a busy machine does not make expressions fail. */
function createDeadline(): Deadline {
  let limit = 0;
  let earliest = 0;
  let cpuAtStart = 0;
  let running = false;
  let hit = false;
  return {
    start(cpuMs) {
      limit = cpuMs;
      earliest = performance.now() + cpuMs;
      cpuAtStart = threadCpuMs();
      running = true;
      hit = false;
    },
    stop() {
      running = false;
    },
    passed() {
      if (!running || performance.now() < earliest) return false;
      hit ||= threadCpuMs() - cpuAtStart >= limit;
      return hit;
    },
    hit: () => hit,
  };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
