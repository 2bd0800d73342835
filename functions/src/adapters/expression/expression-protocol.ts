/** What the main thread and the worker of expressions agree on. */
import type { EngineAnswer, EngineLimits } from './quickjs-engine.ts';

/** What the worker says. It is sent an EngineCall whenever it has said that it is ready, and then nothing until it is ready again. */
export type WorkerMessage = { readonly answer: EngineAnswer | null; readonly ready: boolean };

export const expressionEngineLimits: EngineLimits = {
  memoryBytes: 33_554_432,
  // The worker has a host stack of 16 MB, so that QuickJS's own limit is always met first.
  stackBytes: 262_144,
  cpuMs: 250,
  outputChars: 1_048_576,
};

/** A worker that has not answered after this time is killed: it is in a loop that does not look at the processor time. */
export const wallLimitMs = 750;
