/** The calls within one process: a map of the steps under way. */
import type { Interrupts } from '@automateos/shared/ports/interrupts';

export function createInterrupts(): Interrupts {
  const running = new Map<string, () => void>();
  return {
    register(executionId, branchId, interrupt) {
      const key = `${executionId}/${branchId}`;
      running.set(key, interrupt);
      return () => {
        if (running.get(key) === interrupt) running.delete(key);
      };
    },
    interrupt(executionId, branchId) {
      running.get(`${executionId}/${branchId}`)?.();
    },
  };
}
