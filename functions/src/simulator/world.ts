/**
 * The simulated machine room: virtual time, processes, and every operation that a process has under way. Nothing happens by itself: the
 * seeded scheduler picks the next pending operation, so processes interleave at every await, and whatever can go wrong with that very
 * operation is drawn in that moment.
 *
 *     call -> pending -> applied (the other side did it) -> answered (the process goes on)
 *               |           |
 *               +-- crash --+--  the process is gone: its promises never settle, what it had sent may still land
 *               +-- stall --+--  SIGSTOP: the answer waits for SIGCONT
 */
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { createEventHeap } from './event-heap.ts';
import type { Coverage, Fault, FaultRates, OperationKind } from './faults.ts';
import { hashText, type Random } from './random.ts';
import { Violation } from './violation.ts';

export type Process = {
  readonly name: string;
  readonly skewMs: number;
  /** Share of the scheduler's attention, (0, 1]. */
  readonly weight: number;
  alive: boolean;
  draining: boolean;
  stalledUntil: number;
  /** Called when the process is killed. */
  readonly onDeath: Set<() => void>;
};

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

type Operation = {
  readonly process: Process;
  readonly kind: OperationKind;
  readonly label: string;
  readonly apply: () => unknown;
  readonly settle: (outcome: Outcome) => void;
  outcome: Outcome | null;
};

export type WorldOptions = {
  readonly random: Random;
  readonly rates: FaultRates;
  /** Faults stop at this virtual time, and after `budget` heavy ones (crashes and stalls). */
  readonly faultsUntil: number;
  readonly budget: number;
  readonly coverage: Coverage;
  /** Steps of the scheduler after which a schedule counts as one that never ends. */
  readonly mostSteps: number;
  readonly trace?: (line: string) => void;
};

export type World = {
  now(): number;
  /** Runs at a time; of a process: only while it lives, and not before SIGCONT. */
  at(time: number, process: Process | null, run: () => void): () => void;
  call<T>(process: Process, kind: OperationKind, label: string, apply: () => T): Promise<T>;
  strikes(fault: Fault, kind: OperationKind): boolean;
  kill(process: Process): void;
  /** Ends the schedule with this violation. */
  fail(error: unknown): void;
  note(line: string): void;
  /** Runs until `done`; false when nothing is left to happen. */
  run(done: () => boolean): Promise<boolean>;
  readonly busy: () => boolean;
  readonly nextEventAt: () => number;
  readonly hash: () => number;
  readonly steps: () => number;
  readonly faultsStruck: () => number;
};

/** A lease is 70 s or more: a stall outlasts up to three. */
const longestStallMs = 240_000;
const heavy: ReadonlySet<Fault> = new Set(['crash', 'crashAnswered', 'stall', 'stallAnswered', 'crashAll', 'drain']);

/** Operations of which a schedule has few. */
const rare: ReadonlySet<OperationKind> = new Set(['publish', 'wake', 'sleep', 'effect', 'blob']);

const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createWorld(options: WorldOptions): World {
  const { random, rates, coverage, trace } = options;
  const events = createEventHeap();
  const pending: Operation[] = [];
  let now = 0;
  let steps = 0;
  let struck = 0;
  let budget = options.budget;
  let hash = 0x811c9dc5;
  let failure: unknown = null;

  function note(line: string): void {
    hash = hashText(line, hash);
    trace?.(`${String(now).padStart(9)} ${line}`);
  }

  function strikes(fault: Fault, kind: OperationKind): boolean {
    const rate = rates[fault];
    if (rate === undefined || now >= options.faultsUntil) return false;
    if (heavy.has(fault) && budget <= 0) return false;
    if (!random.chance(rare.has(kind) ? Math.min(0.6, rate * 3) : rate)) return false;
    if (heavy.has(fault)) budget -= 1;
    struck += 1;
    coverage.hit(fault, kind);
    note(`!${fault} ${kind}`);
    return true;
  }

  function at(time: number, process: Process | null, run: () => void): () => void {
    const event = events.push(Math.max(time, now), () => {
      if (process && !process.alive) return;
      if (process && process.stalledUntil > now) at(process.stalledUntil, process, run);
      else run();
    });
    return () => {
      event.cancelled = true;
    };
  }

  function kill(process: Process): void {
    if (!process.alive) return;
    note(`kill ${process.name}`);
    process.alive = false;
    for (const hear of process.onDeath) hear();
    process.onDeath.clear();
  }

  function execute(operation: Operation): void {
    note(operation.label);
    try {
      operation.outcome = { ok: true, value: operation.apply() };
    } catch (error) {
      if (error instanceof Violation) throw error;
      operation.outcome = { ok: false, error };
    }
  }

  function park(operation: Operation, until: number): void {
    at(until, operation.process, () => pending.push(operation));
  }

  function stall(process: Process): void {
    process.stalledUntil = now + random.int(1_000, longestStallMs);
  }

  /** The request goes its way although nobody waits for its answer any more. */
  function landLater(operation: Operation): void {
    at(now + (random.chance(0.5) ? random.int(0, 20) : random.int(0, 180_000)), null, () => execute(operation));
  }

  const unanswered = ({ label }: Operation): Outcome => ({ ok: false, error: new StoreUnavailable(`no answer to ${label}`) });

  /** Faults of the service that is called; the outcome where one struck. */
  function serviceFault(operation: Operation): Outcome | null {
    const { kind } = operation;
    if (kind === 'commit') {
      if (strikes('ambiguous', kind)) {
        execute(operation);
        return unanswered(operation);
      }
      if (strikes('late', kind)) {
        landLater({ ...operation });
        return unanswered(operation);
      }
    }
    if ((kind === 'commit' || kind === 'get' || kind === 'query') && strikes('unavailable', kind)) return unanswered(operation);
    if (kind === 'publish') {
      if (strikes('publishFails', kind)) return { ok: false, error: new Error('publish failed') };
      if (strikes('publishLost', kind)) {
        execute(operation);
        return { ok: false, error: new Error('publish got no answer') };
      }
    }
    if (kind === 'wake' && strikes('wakeFails', kind)) return { ok: false, error: new Error('wake-up not taken') };
    if (kind === 'blob' && strikes('blobFails', kind)) return { ok: false, error: new StoreUnavailable('no blob store') };
    return null;
  }

  function answer(operation: Operation, outcome: Outcome): void {
    const { process, kind } = operation;
    if (kind !== 'sleep' && kind !== 'blob') {
      if (strikes('crashAnswered', kind)) {
        kill(process);
        return;
      }
      if (strikes('stallAnswered', kind)) stall(process);
      else if (strikes('slow', kind)) {
        operation.outcome = outcome;
        park(operation, now + random.int(100, 120_000));
        return;
      }
    }
    operation.outcome = outcome;
    if (process.stalledUntil > now) park(operation, process.stalledUntil);
    else if (kind !== 'sleep' && random.chance(0.2)) pending.push(operation);
    else operation.settle(outcome);
  }

  function perform(operation: Operation): void {
    const { process, kind } = operation;
    if (!process.alive) return;
    if (process.stalledUntil > now) {
      // Sent before the process stopped, or not.
      if (operation.outcome === null && kind !== 'sleep' && kind !== 'effect' && random.chance(0.5)) execute(operation);
      park(operation, process.stalledUntil);
      return;
    }
    if (operation.outcome) {
      operation.settle(operation.outcome);
      return;
    }
    if (kind !== 'blob') {
      if (strikes('crash', kind)) {
        if ((kind === 'commit' || kind === 'publish') && strikes('crashSent', kind)) landLater(operation);
        kill(process);
        return;
      }
      if (strikes('stall', kind)) {
        stall(process);
        park(operation, process.stalledUntil);
        return;
      }
    }
    const fault = serviceFault(operation);
    if (!fault) execute(operation);
    answer(operation, fault ?? operation.outcome ?? unanswered(operation));
  }

  /** Uniform over what is pending, but slow processes are passed over. */
  function take(): Operation | undefined {
    let index = 0;
    for (let look = 0; look < 6; look += 1) {
      index = random.int(0, pending.length - 1);
      const process = pending[index]?.process;
      if (!process || process.weight >= 1 || random.chance(process.weight)) break;
    }
    const last = pending.pop();
    const taken = pending[index];
    if (!taken || !last) return last;
    pending[index] = last;
    return taken;
  }

  async function run(done: () => boolean): Promise<boolean> {
    for (;;) {
      await rest();
      if (failure !== null) throw failure;
      if (done()) return true;
      steps += 1;
      if (steps > options.mostSteps) throw new Violation('I3 liveness', `no end after ${steps} steps`);
      let event = events.peek();
      let happened = false;
      while (event && event.at <= now) {
        events.pop();
        event.run();
        happened = true;
        event = events.peek();
      }
      if (happened) continue;
      if (pending.length > 0) {
        const operation = take();
        if (operation) perform(operation);
        now += random.int(0, 3);
      } else if (event) now = event.at;
      else return false;
    }
  }

  return {
    now: () => now,
    at,
    call: <T>(process: Process, kind: OperationKind, label: string, apply: () => T) =>
      new Promise<T>((resolve, reject) => {
        // `settle` is given what `apply` returned.
        const settle = (outcome: Outcome): void => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error));
        pending.push({ process, kind, label: `${process.name} ${label}`, apply, settle, outcome: null });
      }),
    strikes,
    kill,
    fail(error) {
      failure ??= error;
    },
    note,
    run,
    busy: () => pending.some(({ process }) => process.alive),
    nextEventAt: () => events.peek()?.at ?? Number.POSITIVE_INFINITY,
    hash: () => hash,
    steps: () => steps,
    faultsStruck: () => struck,
  };
}
