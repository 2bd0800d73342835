/**
 * What may go wrong, and how often a schedule lets it. Each seed draws a profile that turns some faults off (swarm testing), so that rare
 * combinations are not drowned by common ones. Every fault that strikes is counted by the operation it struck.
 */
import { z } from 'zod';

export const operationKinds = [
  'get',
  'commit',
  'query',
  'publish',
  'wake',
  'sleep',
  'effect',
  'blob',
  'message',
  'timer',
  'sweep',
  'process',
] as const;
export type OperationKind = (typeof operationKinds)[number];

/** The kinds of operation that each fault can strike: what a large run must have hit. */
export const faultTargets = {
  /** kill -9: before the operation was sent, or while its answer was on the way. */
  crash: ['get', 'commit', 'query', 'publish', 'wake', 'sleep', 'effect'],
  /** The request was sent before the process died, and lands later. */
  crashSent: ['commit', 'publish'],
  crashAnswered: ['get', 'commit', 'query', 'publish', 'wake', 'effect'],
  crashAll: ['process'],
  /** SIGSTOP for up to three leases, then SIGCONT. */
  stall: ['get', 'commit', 'query', 'publish', 'wake', 'sleep', 'effect'],
  stallAnswered: ['get', 'commit', 'query', 'publish', 'wake', 'effect'],
  drain: ['process'],
  slow: ['get', 'commit', 'query', 'publish', 'wake', 'effect'],
  unavailable: ['get', 'commit', 'query'],
  ambiguous: ['commit'],
  late: ['commit'],
  stale: ['query'],
  publishFails: ['publish'],
  publishLost: ['publish'],
  drop: ['message'],
  duplicate: ['message'],
  delay: ['message'],
  timerLost: ['timer'],
  timerEarly: ['timer'],
  timerLate: ['timer'],
  timerDouble: ['timer'],
  wakeFails: ['wake'],
  sweepDouble: ['sweep'],
  sweepPause: ['sweep'],
  skew: ['process'],
  blobFails: ['blob'],
} as const satisfies Record<string, readonly OperationKind[]>;

export type Fault = keyof typeof faultTargets;
export const faultNames = Object.keys(faultTargets) as readonly Fault[]; // the keys of the table above

/** Probability per operation that the fault can strike; absent = off. */
export const FaultRates = z.partialRecord(z.enum(faultNames as [Fault, ...Fault[]]), z.number());
export type FaultRates = z.infer<typeof FaultRates>;

export type Coverage = {
  hit(fault: Fault, operation: OperationKind): void;
  /** `fault/operation` -> times. */
  readonly counts: ReadonlyMap<string, number>;
};

export function createCoverage(): Coverage {
  const counts = new Map<string, number>();
  return {
    hit(fault, operation) {
      const key = `${fault}/${operation}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    counts,
  };
}

/** Combinations that a run should have seen and saw fewer than `least` times. */
export function missing(counts: ReadonlyMap<string, number>, least: number): readonly string[] {
  return faultNames.flatMap((fault) =>
    faultTargets[fault].map((kind) => `${fault}/${kind}`).filter((key) => (counts.get(key) ?? 0) < least),
  );
}
