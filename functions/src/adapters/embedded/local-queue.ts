/**
 * The queue of the embedded platform: hints in memory, rebuilt from the store at start. The same places serve branches that a start runs
 * itself, so that the process never works on more than `places` branches at a time.
 */
import type { LocalWorkers } from '@automateos/shared/ports/local-workers';
import type { Logger } from '@automateos/shared/ports/logger';
import type { BranchRef, Queue } from '@automateos/shared/ports/queue';

export type LocalQueue = Queue &
  LocalWorkers & {
    /** Hands over the worker; hints that came before wait until now. */
    start(work: (ref: BranchRef) => Promise<void>): void;
    /** Takes no more work; resolves when nothing is being worked on, or after `timeoutMs`. */
    drain(timeoutMs: number): Promise<void>;
    readonly depth: () => number;
    /** Epoch ms since when the oldest hint waits; null when none does. */
    readonly oldest: () => number | null;
  };

export function createLocalQueue(options: {
  readonly places: number;
  readonly logger: Logger;
  readonly now: () => number;
}): LocalQueue {
  const waiting = new Map<string, { readonly ref: BranchRef; readonly since: number }>();
  /** A hint for a branch that is being worked on is kept: the worker may have looked before the change that the hint tells of. */
  const working = new Map<string, number>();
  let work: ((ref: BranchRef) => Promise<void>) | null = null;
  let busy = 0;
  let open = true;
  let whenIdle: (() => void) | null = null;

  const keyOf = (ref: BranchRef): string => `${ref.executionId}/${ref.branchId}`;

  function pump(): void {
    if (!work || !open) return;
    for (const [key, { ref }] of waiting) {
      if (busy >= options.places) return;
      if (working.has(key)) continue;
      waiting.delete(key);
      void handle(key, ref, work);
    }
  }

  async function handle(key: string, ref: BranchRef, run: (ref: BranchRef) => Promise<void>): Promise<void> {
    busy += 1;
    working.set(key, 1);
    try {
      await run(ref);
    } catch (error) {
      // The branch stays due in the store: its lease ends, and the sweep announces it again.
      options.logger.error('branch-failed', { execution: ref.executionId, branch: ref.branchId }, error);
    } finally {
      working.delete(key);
      left();
    }
  }

  function left(): void {
    busy -= 1;
    if (busy === 0) whenIdle?.();
    pump();
  }

  return {
    async publish(_pool, refs) {
      for (const ref of refs) {
        const key = keyOf(ref);
        if (!waiting.has(key)) waiting.set(key, { ref, since: options.now() });
      }
      pump();
    },
    enter() {
      if (!open || busy >= options.places) return null;
      busy += 1;
      let inside = true;
      return () => {
        if (inside) left();
        inside = false;
      };
    },
    busy: () => busy,
    depth: () => waiting.size,
    oldest() {
      for (const { since } of waiting.values()) return since;
      return null;
    },
    start(worker) {
      work = worker;
      pump();
    },
    async drain(timeoutMs) {
      open = false;
      if (busy === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
