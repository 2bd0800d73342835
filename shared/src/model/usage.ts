/**
 * What an execution has used of billable services: counts, not money, so that another price table can price them again. Lives in every
 * branch (short names, zeros left out: it is rewritten with each checkpoint) and is summed on read.
 */
import { z } from 'zod';

const count = z.int().min(0).optional();

export const Usage = z.object({
  /** Documents written, deleted and read. */
  w: count,
  d: count,
  r: count,
  /** Of those written: created. Retention deletes each of them once. */
  n: count,
  /** Messages published; each is delivered once more, as a push. */
  p: count,
  /** Timers: tasks created; each calls back once. */
  t: count,
  /** Blobs written and read, and bytes written. */
  ba: count,
  bg: count,
  bb: count,
  /** Uses of the key service. */
  k: count,
  /** Requests to functions: starts and deliveries. */
  i: count,
  /** Instance time that fell to it: microseconds of one vCPU, milliseconds of one MiB. */
  c: count,
  m: count,
});
export type Usage = z.infer<typeof Usage>;
