/**
 * How a webhook proves where it comes from, as it stands in a definition: `auth: { kind: github, secret: "..." }`. The secret may be left
 * out where the node names a credential that holds it. A blank one is no definition, and verification refuses it once more.
 *
 * What a client writes is sealed before it is stored (`sealed:...`) and shown as `***` ever after; `***` written back means the one stored.
 */
import { z } from 'zod';

export const secretPlaceholder = '***';
export const sealedSecretPrefix = 'sealed:';
/** Of a secret in the clear; sealed it is longer. */
const longestSecret = 1_024;

const secret = z
  .string()
  .max(8_192)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .refine(
    (text) => text.length <= longestSecret || text.startsWith(sealedSecretPrefix),
    `has at most ${longestSecret} characters`,
  )
  .meta({ 'x-secret': true });

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'is not a header name');

export const HeaderAuth = z.strictObject({
  kind: z.literal('header'),
  name: headerName.describe('Header that must be sent, for example X-Api-Key'),
  value: secret.describe('The exact value it must have').optional(),
});

export const BasicAuth = z.strictObject({
  kind: z.literal('basic'),
  user: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^:]*$/, 'must not contain a colon'),
  password: secret.optional(),
});

export const HmacAuth = z
  .strictObject({
    kind: z.literal('hmac'),
    secret: secret.optional(),
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

export const GithubAuth = z.strictObject({ kind: z.literal('github'), secret: secret.optional() });

export const StandardWebhooksAuth = z.strictObject({
  kind: z.literal('standard-webhooks'),
  secret: secret
    .regex(/^(\*{3}|sealed:.+|(whsec_)?[A-Za-z0-9+/]+={0,2})$/, 'is whsec_ and base64, as the sender shows it')
    .optional(),
});

export const WebhookAuth = z.discriminatedUnion('kind', [HeaderAuth, BasicAuth, HmacAuth, GithubAuth, StandardWebhooksAuth]);
export type WebhookAuth = z.infer<typeof WebhookAuth>;

/** Which field of each kind is its secret. */
export const webhookSecretField = {
  header: 'value',
  basic: 'password',
  hmac: 'secret',
  github: 'secret',
  'standard-webhooks': 'secret',
} as const satisfies Record<WebhookAuth['kind'], string>;
