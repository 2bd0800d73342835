/**
 * Children of one language: started on demand up to a limit, reused as often as allowed, killed on timeout and abort, ended when idle. A
 * question that finds no free child waits its turn.
 */
import type { ChildRequest } from './child-protocol.ts';
import type { ChildOutcome, SandboxChild } from './sandbox-child.ts';
import { scriptLimits } from './script-limits.ts';

export type PoolOutcome =
  | ChildOutcome
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'aborted'; readonly reason: unknown };

export type ChildPool = {
  readonly run: (request: ChildRequest, signal: AbortSignal) => Promise<PoolOutcome>;
  readonly close: () => Promise<void>;
};

export type ChildPoolOptions = {
  readonly start: () => SandboxChild;
  readonly maxChildren: number;
  readonly runsPerChild: number;
  readonly idleMs: number;
};

type Worker = { readonly child: SandboxChild; runs: number };

/** A child stops itself when its time is over; this is for one that does not. */
const graceMs = 500;

export function createChildPool(options: ChildPoolOptions): ChildPool {
  const free: Worker[] = [];
  const all = new Set<SandboxChild>();
  const turns: (() => void)[] = [];
  let busy = 0;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;

  const open = (): Worker => {
    const child = options.start();
    all.add(child);
    void child.gone.then(() => all.delete(child));
    return { child, runs: 0 };
  };
  const takeFree = (): Worker | undefined => {
    for (let worker = free.pop(); worker; worker = free.pop()) if (worker.child.alive()) return worker;
    return undefined;
  };
  const turn = async (): Promise<void> => {
    if (busy >= options.maxChildren) await new Promise<void>((resolve) => turns.push(resolve));
    else busy += 1;
  };
  /** Hands the turn on to who waits longest. */
  const release = (): void => {
    const next = turns.shift();
    if (next) next();
    else busy -= 1;
  };
  const endIdle = (): void => {
    for (const worker of free.splice(0)) worker.child.kill();
  };
  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(endIdle, options.idleMs).unref();
  };
  const giveBack = (worker: Worker, clean: boolean): void => {
    worker.runs += 1;
    const again = clean && !closed && worker.child.alive() && worker.runs < options.runsPerChild;
    if (again) free.push(worker);
    else worker.child.kill();
    // The next script of a language whose children serve once should not wait for the start.
    if (!again && !closed && options.runsPerChild === 1 && free.length === 0) free.push(open());
    rest();
  };

  const serve = async (worker: Worker, request: ChildRequest, signal: AbortSignal): Promise<PoolOutcome> => {
    const started = await within(worker.child.started, scriptLimits.startMs, signal);
    if (started.kind !== 'message')
      return started.kind === 'timeout' ? unavailable('the sandbox did not start in time') : startFailure(started);
    if (started.message.type !== 'ready')
      return unavailable(started.message.type === 'unsafe' ? started.message.reason : 'unexpected answer');
    return within(worker.child.ask(request), request.timeoutMs + graceMs, signal);
  };

  return {
    async run(request, signal) {
      await turn();
      try {
        if (signal.aborted) return { kind: 'aborted', reason: signal.reason };
        if (closed) return unavailable('the server is shutting down');
        const worker = takeFree() ?? open();
        let clean = false;
        try {
          const outcome = await serve(worker, request, signal);
          clean =
            outcome.kind === 'message' &&
            (outcome.message.type === 'value' || (outcome.message.type === 'failed' && outcome.message.kind === 'error'));
          return outcome;
        } finally {
          giveBack(worker, clean);
        }
      } finally {
        release();
      }
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      for (const child of all) child.kill();
      await Promise.all([...all].map((child) => child.gone));
    },
  };
}

function unavailable(reason: string): PoolOutcome {
  return { kind: 'unavailable', reason };
}

function startFailure(outcome: PoolOutcome): PoolOutcome {
  return outcome.kind === 'ended' ? unavailable(outcome.reason) : outcome;
}

/** The outcome, or that time or patience ran out first. */
function within(outcome: Promise<ChildOutcome>, limitMs: number, signal: AbortSignal): Promise<PoolOutcome> {
  return new Promise((resolve) => {
    const finish = (result: PoolOutcome): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      resolve(result);
    };
    const aborted = (): void => finish({ kind: 'aborted', reason: signal.reason });
    const timer = setTimeout(() => finish({ kind: 'timeout' }), limitMs);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    void outcome.then(finish);
  });
}
