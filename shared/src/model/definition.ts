/**
 * The definition of a workflow: one tree with two faces (JSON, YAML). This is the shape only; whether a definition makes sense (graph,
 * node types, expressions, limits) is graph/validate-definition.ts, which finds every problem at once.
 */
import { z } from 'zod';
import type { JsonObject } from './json.ts';

export const definitionLimits = {
  nodes: 1_000,
  edges: 4_000,
  bytes: 1_048_576,
  nesting: 6,
  /** Of all expressions together; each counts 16 more. Parsing them takes time that others wait for. */
  expressionCharacters: 262_144,
  idLength: 64,
  maxAttempts: 100,
  /** 366 days. */
  maxWaitMs: 31_622_400_000,
  maxTimeoutMs: 31_622_400_000,
} as const;

/**
 * Any JSON value. That a tree is JSON is found out before its shape is looked at (graph/measure-json.ts), and cheaply: zod takes some
 * microseconds for every value.
 */
const anyValue = z.unknown() as z.ZodType<z.core.util.JSONType>; // see above

/** Starts with a letter; letters, digits, `_` and `-`; so that it is safe in paths, ids and expressions. */
export const NodeId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'starts with a letter and has only letters, digits, _ and -')
  .max(definitionLimits.idLength);

const RetryReason = z.enum(['network', '429', '5xx', 'timeout', 'any']);

export const RetryPolicy = z.strictObject({
  maxAttempts: z.int().min(1).max(definitionLimits.maxAttempts).default(3).describe('Tries in all, the first included'),
  initialMs: z.int().min(0).max(86_400_000).default(500).describe('Pause before the second try'),
  factor: z.number().min(1).max(10).default(2),
  maxMs: z.int().min(0).max(86_400_000).default(30_000),
  jitter: z.boolean().default(true),
  on: z
    // as people write it in YAML, 429 is a number
    .array(
      z
        .literal([...RetryReason.options, 429])
        .transform((reason) => (reason === 429 ? '429' : reason))
        .pipe(RetryReason),
    )
    .prefault(['any'])
    .describe('Which failures are tried again; any when absent'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

export const DefinitionNode = z.strictObject({
  id: NodeId,
  type: z.string().min(1).max(128),
  typeVersion: z.int().min(1).optional(),
  params: z.record(z.string(), anyValue).default({}),
  label: z.string().max(200).optional(),
  notes: z.string().max(10_000).optional(),
  position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
  parent: NodeId.optional().describe('The for-each or while whose body this node is in'),
  disabled: z.boolean().optional().describe('Switched off: data passes through by the default port'),
  credential: z.string().trim().min(1).max(200).optional().describe('Id or name of the secret it uses'),
  retry: RetryPolicy.optional(),
  timeoutMs: z.int().min(1).max(definitionLimits.maxTimeoutMs).optional(),
  onError: z.enum(['fail', 'continue']).optional(),
  delivery: z.enum(['at-least-once', 'at-most-once']).optional(),
  compensate: NodeId.optional().describe('The node that undoes this one'),
});
export type DefinitionNode = z.infer<typeof DefinitionNode>;

export const DefinitionEdge = z.strictObject({
  from: NodeId,
  to: NodeId,
  output: z.string().min(1).max(64).optional().describe('Port of `from`; its default port when absent'),
});
export type DefinitionEdge = z.infer<typeof DefinitionEdge>;

/** Offers the active version to models, as a tool of the MCP server at /mcp. */
export const McpToolSettings = z.strictObject({
  enabled: z.boolean().describe('Only a workflow that says so is a tool'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'has 1 to 64 letters, digits, _ and -')
    .optional()
    .describe("Name of the tool; made from the workflow's name when absent"),
  description: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .optional()
    .describe("What a model reads; the workflow's description when absent"),
  readOnly: z.boolean().optional().describe('Tells clients that it changes nothing, so that they need not ask'),
});
export type McpToolSettings = z.infer<typeof McpToolSettings>;

export const DefinitionSettings = z.strictObject({
  timeoutMs: z.int().min(1).max(definitionLimits.maxTimeoutMs).optional(),
  errorWorkflow: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('Id or name of the workflow that starts when an execution fails'),
  retentionDays: z.int().min(0).max(3_650).optional(),
  maxConcurrent: z.int().min(1).max(100_000).optional(),
  mcp: McpToolSettings.optional(),
});
export type DefinitionSettings = z.infer<typeof DefinitionSettings>;

/** Control characters and those that turn the direction of writing could make one name look like another. */
const WorkflowName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(
    /^[^\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u,
    'has no control characters and none that change the direction of writing',
  );

export const Definition = z.strictObject({
  name: WorkflowName,
  description: z.string().max(10_000).optional(),
  tags: z.array(z.string().min(1).max(64)).max(50).optional(),
  inputs: z.record(z.string(), anyValue).optional().describe('JSON Schema of the input'),
  nodes: z.array(DefinitionNode).min(1).max(definitionLimits.nodes),
  edges: z.array(DefinitionEdge).max(definitionLimits.edges).default([]),
  settings: DefinitionSettings.default({}),
});
export type Definition = z.infer<typeof Definition>;
/** As a client writes it: defaults may be absent. */
export type DefinitionInput = z.input<typeof Definition>;

/** Params of a node as plain JSON. */
export function nodeParams(node: DefinitionNode): JsonObject {
  return node.params as JsonObject; // z.json() infers mutable arrays; the content is the same
}
