/**
 * What the server and a script's child process say to each other: one line of JSON each, child to server on stdout, server to child on
 * stdin. The child is not trusted: what it says is parsed by these schemas and bounded in size.
 */
import type { JsonObject } from '@automateos/shared/model/json';
import { z } from 'zod';

export type Language = 'javascript' | 'python';

export type ChildRequest = { readonly code: string; readonly globals: JsonObject; readonly timeoutMs: number };

export const ChildMessage = z.discriminatedUnion('type', [
  /** Locked down and loaded. */
  z.object({ type: z.literal('ready') }),
  /** The child found that something is open that must be closed. */
  z.object({ type: z.literal('unsafe'), reason: z.string().max(2_000) }),
  /** `value` is JSON because the line is; how deep is the receiver's to check. */
  z.object({ type: z.literal('value'), value: z.unknown(), logs: z.array(z.string()) }),
  z.object({
    type: z.literal('failed'),
    kind: z.enum(['error', 'timeout', 'memory', 'output-too-large', 'broken']),
    message: z.string(),
    line: z.number().optional(),
    column: z.number().optional(),
    logs: z.array(z.string()),
  }),
]);
export type ChildMessage = z.infer<typeof ChildMessage>;
