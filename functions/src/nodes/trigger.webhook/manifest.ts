import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { WebhookAuth } from '@automateos/shared/model/webhook-auth';
import { z } from 'zod';

const dedupe = z.union([
  z.literal(false).describe('Every delivery starts an execution'),
  z.strictObject({
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,128}$/, 'is a header name')
      .optional()
      .describe('Header that holds the delivery id; Idempotency-Key, webhook-id and X-GitHub-Delivery when absent'),
  }),
]);

const params = z.strictObject({
  method: z
    .enum(['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'])
    .default('POST')
    .describe('Method that the address answers to'),
  path: z
    .string()
    .max(512)
    .regex(/^\/?[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/, 'is made of letters, digits, . _ ~ - and slashes')
    .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), 'must not have . or .. between slashes')
    .transform((path) => path.replace(/^\//, ''))
    .optional()
    .describe("What follows the workflow's id in the address"),
  auth: WebhookAuth.optional().describe(
    'How a request proves where it comes from, with a secret of its own or the credential of the node; anyone who knows the address may call it when absent',
  ),
  respond: z
    .enum(['immediately', 'lastNode', 'node'])
    .default('immediately')
    .describe("When to answer: at once with the execution's id, with the last step's output, or by a Respond step"),
  dedupe: dedupe.optional().describe('How repeated deliveries are told within 7 days; by the usual headers when absent'),
});

export const manifest: NodeManifest = {
  type: 'trigger.webhook',
  version: 1,
  title: 'Webhook',
  description:
    'Starts an execution when its address is called. Its output is the request: method, path, query, headers and body.',
  icon: 'webhook',
  kind: 'trigger',
  params,
  output: z
    .object({
      method: z.string(),
      path: z.string(),
      query: z.record(z.string(), z.json()),
      headers: z.record(z.string(), z.string()),
      body: z.json(),
    })
    .catchall(z.json()),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  credentialKinds: ['webhook-secret'],
  sample: {
    params: { method: 'POST', respond: 'immediately' },
    output: {
      method: 'POST',
      path: '',
      query: {},
      headers: { 'content-type': 'application/json' },
      body: { orderId: 7 },
      orderId: 7,
    },
  },
};
