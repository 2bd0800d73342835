/**
 * How a webhook request proves where it comes from. Secrets may be given here as text, or as {{ vars.name }}. Verification is the
 * webhook door's; this is the shape only.
 */
import { z } from 'zod';

const secret = z.string().min(1).max(1_024);
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,128}$/, 'is a header name');

export const WebhookAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('header'), name: headerName, value: secret }).describe('A header with a secret value'),
  z
    .strictObject({ kind: z.literal('basic'), user: z.string().min(1).max(256), password: secret })
    .describe('User name and password'),
  z
    .strictObject({
      kind: z.literal('hmac'),
      secret,
      header: headerName.describe('Header that holds the signature'),
      algorithm: z.enum(['sha256', 'sha1', 'sha512']).default('sha256'),
      encoding: z.enum(['hex', 'base64']).default('hex'),
      prefix: z.string().max(64).optional().describe('Text before the signature, for example sha256='),
    })
    .describe('A signature of the raw body'),
  z.strictObject({ kind: z.literal('github'), secret }).describe("GitHub's X-Hub-Signature-256"),
  z.strictObject({ kind: z.literal('standard-webhooks'), secret }).describe('The Standard Webhooks specification'),
]);
export type WebhookAuth = z.infer<typeof WebhookAuth>;
