/**
 * A meeting point of branches. Small joins are one document; above `joinFanIn` edges a join is a tree: leaves take the edges, each leaf
 * is one edge of its parent, so that no document is written by hundreds of branches.
 */
import { z } from 'zod';
import { StepFailure } from './step-error.ts';
import { StoredValue } from './stored-value.ts';

export const joinFanIn = 16;

export const Join = z.object({
  id: z.string(),
  org: z.string(),
  executionId: z.string(),
  scope: z.string(),
  node: z.string(),
  total: z.int(),
  /** Edge -> 1 taken, 0 skipped. */
  arrived: z.record(z.string(), z.int()),
  /** The join fired (or this part of the tree reported its first taken edge). */
  fired: z.boolean(),
  done: z.boolean(),
  rev: z.int(),
});
export type Join = z.infer<typeof Join>;

/** State of a for-each that its lanes share, or of a while (whose `count` is unknown: 0). */
export const Loop = z.object({
  id: z.string(),
  org: z.string(),
  executionId: z.string(),
  scope: z.string(),
  node: z.string(),
  count: z.int(),
  packSize: z.int(),
  lanes: z.int(),
  startedAt: z.string(),
  /** Items by page: from <= index < to. */
  pages: z.array(z.object({ from: z.int(), to: z.int(), items: StoredValue })),
  /** A step of the body failed and nothing in the body took it: lanes that see it start no item. */
  failed: z.object({ item: z.int(), failure: StepFailure }).nullable(),
  rev: z.int(),
});
export type Loop = z.infer<typeof Loop>;
