import { anyJson } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

/**
 * The server frames the answer itself. The others hold for the whole address of the platform, its console included: cookies, what a browser
 * keeps of an origin, where it looks for the origin and to whom it reports about it.
 */
const refusedHeaders: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['set-cookie', 'set-cookie2', 'clear-site-data', 'service-worker-allowed', 'strict-transport-security', 'alt-svc'],
  ...['nel', 'report-to', 'reporting-endpoints'],
]);

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is a header name')
  .refine((name) => !refusedHeaders.has(name.toLowerCase()), 'is a header that the server sets itself or that may not be set');

const headerValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .pipe(
    z
      .string()
      .max(8_192)
      .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'has no control characters and none beyond Latin-1'),
  );

const params = z.strictObject({
  status: z.int().min(200).max(599).default(200).describe('HTTP status'),
  headers: z
    .record(headerName, headerValue)
    .optional()
    .describe('Response headers; none that sets cookies or holds for the whole origin'),
  body: anyJson('Response body: an object or list is sent as JSON, a string as it is; empty when absent.').optional(),
});

export const manifest: NodeManifest = {
  type: 'flow.respond',
  version: 1,
  title: 'Respond',
  description: "Answers the webhook request that waits for this execution, and sets the execution's output.",
  icon: 'reply',
  kind: 'flow',
  params,
  output: z.json(),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { status: 200, body: { ok: true } }, output: { ok: true } },
};
