/**
 * The server's answers, as far as this command reads them. Loose on purpose: fields may be added, and an older server may lack some;
 * `--json` passes everything on unchanged.
 */
import { z } from 'zod';

const text = z.string().nullish();
const count = z.number().nullish();

export const Anything = z.json();

export const Page = <Item extends z.ZodType>(item: Item) => z.looseObject({ items: z.array(item), nextCursor: text });

export const Workflow = z.looseObject({
  id: z.string(),
  name: z.string(),
  version: count,
  latestVersion: count,
  active: z.boolean().nullish(),
  activeVersion: count,
  updatedAt: text,
  createdAt: text,
  definition: z.json().optional(),
});
export type Workflow = z.infer<typeof Workflow>;

export const WorkflowVersion = z.looseObject({
  version: z.number(),
  createdAt: text,
  createdBy: text,
  active: z.boolean().nullish(),
});

export const Fault = z.looseObject({ code: text, message: text, nodeId: text, details: z.json().optional() });

export const Step = z.looseObject({
  nodeId: z.string(),
  scope: text,
  status: z.string(),
  attempt: count,
  generation: count,
  startedAt: text,
  endedAt: text,
  input: z.json().optional(),
  output: z.json().optional(),
  tries: z.json().optional(),
  missing: z.json().optional(),
  error: Fault.nullish(),
  handled: z.boolean().nullish(),
  items: z.looseObject({ done: count, failed: count, total: count }).nullish(),
});
export type Step = z.infer<typeof Step>;

export const Execution = z.looseObject({
  id: z.string(),
  workflowId: text,
  workflowName: text,
  version: count,
  status: z.string(),
  trigger: z.looseObject({ kind: text, nodeId: text }).nullish(),
  output: z.json().optional(),
  error: Fault.nullish(),
  startedAt: text,
  endedAt: text,
  progress: z.looseObject({ done: count, total: count }).nullish(),
  cost: z
    .looseObject({
      microUsd: count,
      basis: text,
      items: z.record(z.string(), z.looseObject({ quantity: z.number(), microUsd: z.number() })).nullish(),
    })
    .nullish(),
  generation: count,
  forkedFrom: z.union([z.string(), z.looseObject({ executionId: text, nodeId: text })]).nullish(),
  steps: z.array(Step).nullish(),
  stepsTruncated: z.boolean().nullish(),
  deadLetters: z.array(z.string()).nullish(),
});
export type Execution = z.infer<typeof Execution>;

export const Accepted = z.looseObject({ id: text, status: text });

export const LogLine = z.looseObject({ at: text, time: text, level: text, nodeId: text, scope: text, message: text });
export type LogLine = z.infer<typeof LogLine>;

export const Approval = z.looseObject({
  id: z.string(),
  status: text,
  title: text,
  description: text,
  workflowName: text,
  executionId: text,
  nodeId: text,
  createdAt: text,
  expiresAt: text,
  decision: text,
});
export type Approval = z.infer<typeof Approval>;

export const DeadLetter = z.looseObject({
  id: z.string(),
  kind: text,
  status: z.string(),
  reason: text,
  message: text,
  executionId: text,
  workflowId: text,
  workflowName: text,
  nodeId: text,
  scope: text,
  createdAt: text,
  redrivenAt: text,
  redrivenBy: text,
  discardedAt: text,
  discardedBy: text,
  discardReason: text,
  delivery: z.looseObject({ subscription: text, messageId: text, attempts: count, bytes: count, data: text }).nullish(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterDetail = DeadLetter.extend({
  execution: Execution.nullish(),
  step: Step.nullish(),
  redrive: z.looseObject({ possible: z.boolean(), reason: text, editable: z.boolean().nullish() }).nullish(),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

export const DeadLetterRedriven = z.looseObject({ executionId: text, letters: z.array(z.string()).nullish() });

/** One answer for each of many. */
export const DeadLettersHandled = z.looseObject({
  items: z.array(
    z.looseObject({
      id: z.string(),
      ok: z.boolean(),
      executionId: text,
      problem: z.looseObject({ code: text, detail: text }).nullish(),
    }),
  ),
  nextCursor: text,
});

export const Validation = z.looseObject({
  valid: z.boolean(),
  problems: z.array(z.looseObject({ path: z.string(), code: z.string(), message: z.string(), suggestion: text })).default([]),
});

/** A server that keeps its backups on its own disk says where. */
export const KeptBackup = z.looseObject({ file: z.string(), bytes: z.number() });
export type KeptBackup = z.infer<typeof KeptBackup>;

export const NodeType = z.looseObject({
  type: z.string(),
  version: count,
  title: text,
  description: text,
  kind: text,
  effect: text,
  ports: z.union([z.array(z.string()), z.string()]).nullish(),
  params: z.json().optional(),
  output: z.json().optional(),
});
export type NodeType = z.infer<typeof NodeType>;

export const Session = z.looseObject({
  token: z.string(),
  expiresAt: text,
  user: z.looseObject({ email: text, id: text }).nullish(),
  organization: z.looseObject({ name: text, id: text }).nullish(),
});

const terminal = new Set(['succeeded', 'failed', 'cancelled', 'timed-out']);

export function isOver(status: string): boolean {
  return terminal.has(status);
}

export const Credential = z.looseObject({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  allowedHosts: z.array(z.string()).nullish(),
  authorization: text,
  source: text,
  updatedAt: text,
});

export const CredentialVerdict = z.looseObject({ ok: z.boolean(), detail: z.string() });
