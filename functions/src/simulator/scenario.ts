/**
 * Everything that one schedule is made of, as data: what runs, what users do, what may go wrong, and the seed of the scheduler. A scenario
 * is drawn from a seed; a shrunk one is kept as it is, so that it stays the same when the drawing changes.
 */
import { Definition } from '@automateos/shared/model/definition';
import { z } from 'zod';
import { FaultRates } from './faults.ts';

/** How people and other systems answer a waiting step. */
export const Answering = z.object({
  /** `early`: as soon as the execution exists; `never`: its timeout must end the wait. */
  when: z.enum(['early', 'prompt', 'late', 'never']),
  decision: z.enum(['approve', 'reject']).default('approve'),
  twice: z.boolean().default(false),
});
export type Answering = z.infer<typeof Answering>;

export const SimWorkflow = z.object({
  definition: Definition,
  answers: z.record(z.string(), Answering),
});
export type SimWorkflow = z.infer<typeof SimWorkflow>;

export const Start = z.object({
  workflow: z.int(),
  input: z.record(z.string(), z.json()),
  atMs: z.int(),
  /** Idempotency key; with one, the client tries until it is accepted. */
  key: z.string().nullable(),
  /** The same request, sent so many times at about the same time. */
  copies: z.int(),
});
export type Start = z.infer<typeof Start>;

export const UserAction = z.object({
  kind: z.enum(['cancel', 'pause', 'retry', 'fork']),
  start: z.int(),
  atMs: z.int(),
  nodeId: z.string().optional(),
});
export type UserAction = z.infer<typeof UserAction>;

export const Scenario = z.object({
  seed: z.string(),
  profile: z.string(),
  rates: FaultRates,
  faultsUntilMs: z.int(),
  budget: z.int(),
  processes: z.int(),
  journalSteps: z.int(),
  workerPlaces: z.int(),
  /** Where they are not those of a quiet installation. */
  journalBytes: z.int().optional(),
  workMs: z.int().optional(),
  workflows: z.array(SimWorkflow),
  starts: z.array(Start),
  actions: z.array(UserAction),
});
export type Scenario = z.infer<typeof Scenario>;

export const workflowId = (index: number): string => `wf_sim${index}`;
export const workflowName = (index: number): string => `sim-${index}`;
