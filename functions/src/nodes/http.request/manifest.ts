import { httpCredentialKinds } from '@automateos/shared/model/built-in-credential-types';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';
import { HttpRequestParams } from './params.ts';

export const manifest: NodeManifest = {
  type: 'http.request',
  version: 1,
  title: 'HTTP request',
  description: 'Calls a web service and gives its answer to later steps.',
  icon: 'globe',
  kind: 'integration',
  params: HttpRequestParams,
  output: z.object({
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    body: z.json(),
    pages: z.int().optional().describe('With pagination: how many pages were fetched'),
    truncated: z.boolean().optional().describe('With pagination: maxPages was reached before the last page'),
  }),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
  retry: { maxAttempts: 3, initialMs: 500, factor: 2, maxMs: 30_000, jitter: true, on: ['network', '429', '5xx'] },
  defaultTimeoutMs: 30_000,
  credentialKinds: httpCredentialKinds,
  sample: {
    params: { method: 'GET', url: 'https://api.example.com/orders/{{ input.orderId }}' },
    output: { status: 200, headers: { 'content-type': 'application/json' }, body: { id: 7, total: 240 } },
  },
};
