/**
 * How a webhook proves where it comes from, as it stands in a definition: `auth: { kind: github, secret: "..." }`. A secret that is
 * missing or blank is no definition, and verification refuses it once more.
 */
import { z } from 'zod';

const secret = z
  .string()
  .max(1_024)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .meta({ 'x-secret': true });

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'is not a header name');

export const HeaderAuth = z.strictObject({
  kind: z.literal('header'),
  name: headerName.describe('Header that must be sent, for example X-Api-Key'),
  value: secret.describe('The exact value it must have'),
});

export const BasicAuth = z.strictObject({
  kind: z.literal('basic'),
  user: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^:]*$/, 'must not contain a colon'),
  password: secret,
});

export const HmacAuth = z
  .strictObject({
    kind: z.literal('hmac'),
    secret,
    header: headerName.describe('Header that holds the signature'),
    algorithm: z.enum(['sha256', 'sha384', 'sha512', 'sha1']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z.string().max(64).default('').describe('Text before the signature in its header, for example sha256='),
    timestampHeader: headerName.optional().describe('Header with the time of signing in epoch seconds; refused when too old'),
    toleranceSeconds: z.int().min(1).max(86_400).default(300),
    signed: z
      .string()
      .max(256)
      .optional()
      .describe(
        'What is signed: {body} alone, or {timestamp}.{body} with a timestampHeader (defaults); v0:{timestamp}:{body} for Slack',
      ),
  })
  .superRefine((auth, context) => {
    const template = auth.signed ?? (auth.timestampHeader === undefined ? '{body}' : '{timestamp}.{body}');
    if (template.split('{body}').length !== 2) {
      context.addIssue({ code: 'custom', path: ['signed'], message: 'must contain {body} once' });
    }
    if (template.includes('{timestamp}') !== (auth.timestampHeader !== undefined)) {
      const message = 'contains {timestamp} exactly when timestampHeader is set: an unsigned timestamp proves nothing';
      context.addIssue({ code: 'custom', path: ['signed'], message });
    }
  });
export type HmacAuth = z.infer<typeof HmacAuth>;

export const GithubAuth = z.strictObject({ kind: z.literal('github'), secret });

export const StandardWebhooksAuth = z.strictObject({
  kind: z.literal('standard-webhooks'),
  secret: secret.regex(/^(whsec_)?[A-Za-z0-9+/]+={0,2}$/, 'is whsec_ and base64, as the sender shows it'),
});

export const WebhookAuth = z.discriminatedUnion('kind', [HeaderAuth, BasicAuth, HmacAuth, GithubAuth, StandardWebhooksAuth]);
export type WebhookAuth = z.infer<typeof WebhookAuth>;
