/** Dead letters as the REST interface shows them, read leniently. */
import { DeadLetterKind, DeadLetterStatus } from '@automateos/shared/model/dead-letter';
import { z } from 'zod';
import { Execution } from './execution.ts';
import { Step } from './step.ts';

const Delivery = z.looseObject({
  subscription: z.string().catch(''),
  messageId: z.string().catch(''),
  attempts: z.number().nullish(),
  publishTime: z.string().nullish(),
  attributes: z.record(z.string(), z.string()).catch({}),
  bytes: z.number().catch(0),
  /** Base64; only of a letter that is asked for alone. */
  data: z.string().nullish(),
});
export type Delivery = z.infer<typeof Delivery>;

export const DeadLetter = z.looseObject({
  id: z.string(),
  kind: DeadLetterKind.catch('step'),
  status: DeadLetterStatus.catch('open'),
  reason: z.string().catch(''),
  message: z.string().catch(''),
  executionId: z.string().nullish(),
  workflowId: z.string().nullish(),
  workflowName: z.string().nullish(),
  nodeId: z.string().nullish(),
  nodeLabel: z.string().nullish(),
  scope: z.string().nullish(),
  createdAt: z.string(),
  redrivenAt: z.string().nullish(),
  redrivenBy: z.string().nullish(),
  editedParams: z.array(z.string()).nullish(),
  discardedAt: z.string().nullish(),
  discardedBy: z.string().nullish(),
  discardReason: z.string().nullish(),
  delivery: Delivery.nullish(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterPage = z.looseObject({ items: z.array(DeadLetter), nextCursor: z.string().nullish() });

export const DeadLetterDetail = DeadLetter.extend({
  execution: Execution.nullish(),
  step: Step.nullish(),
  redrive: z.looseObject({ possible: z.boolean(), reason: z.string().nullish(), editable: z.boolean().catch(false) }),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

export const Redriven = z.looseObject({ executionId: z.string().nullish(), letters: z.array(z.string()).catch([]) });

/** What became of each of many. */
export const LettersHandled = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      ok: z.boolean(),
      problem: z.looseObject({ code: z.string(), detail: z.string() }).nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});
export type LettersHandled = z.infer<typeof LettersHandled>;
