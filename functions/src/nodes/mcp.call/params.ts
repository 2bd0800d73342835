import { z } from 'zod';

export const McpCallParams = z.strictObject({
  server: z
    .string()
    .min(1)
    .max(2_048)
    .optional()
    .describe('Address of the server (Streamable HTTP), unless the credential is an mcp-connection, which holds it'),
  tool: z.string().min(1).max(256).describe('Name of the tool'),
  arguments: z.record(z.string(), z.json()).default({}).describe('What the tool is given; its input schema says what it takes'),
  maxBytes: z
    .int()
    .min(1)
    .max(8 * 1024 * 1024)
    .default(1024 * 1024)
    .describe('Largest answer'),
});
export type McpCallParams = z.infer<typeof McpCallParams>;
