import type { Pool } from '../model/node-manifest.ts';

/** A hint that a branch wants a worker. The store is the truth: a lost hint costs time, a repeated one nothing. */
export type BranchRef = {
  readonly org: string;
  readonly executionId: string;
  readonly branchId: string;
  /** W3C traceparent of whoever announces it; travels beside the message and never decides anything. */
  readonly trace?: string | undefined;
};

export interface Queue {
  /** Resolves once the hints are handed over (Pub/Sub: acknowledged). */
  publish(pool: Pool, refs: readonly BranchRef[]): Promise<void>;
}
