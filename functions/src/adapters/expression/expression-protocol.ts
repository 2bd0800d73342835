/** What the main thread and the worker of expressions agree on. */
import type { EngineLimits } from './quickjs-engine.ts';

/** Values of the shared control word. The worker sets `idle`, the main thread `asked`. */
export const signal = { starting: 0, idle: 1, asked: 2 } as const;

export const expressionEngineLimits: EngineLimits = {
  memoryBytes: 33_554_432,
  // The worker has a host stack of 16 MB, so that QuickJS's own limit is always met first.
  stackBytes: 262_144,
  cpuMs: 250,
  outputChars: 1_048_576,
};

/** The main thread waits no longer than this for one expression; then the worker is killed. */
export const wallLimitMs = 750;
