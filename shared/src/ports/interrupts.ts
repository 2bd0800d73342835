/**
 * In-process calls to steps under way: a cancel reaches a running step at once instead of at its next lease renewal. A hint like any
 * other: where worker and caller are different processes, the renewal finds the stop.
 */
export type Interrupts = {
  /** Returns the function that takes the registration back. */
  register(executionId: string, branchId: string, interrupt: () => void): () => void;
  interrupt(executionId: string, branchId: string): void;
};
