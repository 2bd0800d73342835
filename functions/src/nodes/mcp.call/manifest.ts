import { httpCredentialKinds } from '@automateos/shared/model/built-in-credential-types';
import type { CredentialType } from '@automateos/shared/model/credential-type';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';
import { McpCallParams } from './params.ts';

const text = (most: number) => z.string().min(1, 'must not be empty').max(most);

/** A server and the way in, together: the secret goes to no other address. */
const connection: CredentialType = {
  kind: 'mcp-connection',
  title: 'MCP server',
  description: 'The address of an MCP server (Streamable HTTP), and a bearer token or a header where it asks for one.',
  data: z.strictObject({
    url: z.url({ protocol: /^https?$/, error: 'is an http or https address' }).max(2_048),
    token: text(16_384).optional(),
    headerName: text(128).optional(),
    headerValue: text(16_384).optional(),
  }),
  secretFields: ['token', 'headerValue'],
  request: [
    { in: 'header', name: 'authorization', value: 'Bearer {token}', optional: true },
    { in: 'header', name: '{headerName}', value: '{headerValue}', optional: true },
  ],
  hosts: [],
};

export const manifest: NodeManifest = {
  type: 'mcp.call',
  version: 1,
  title: 'Call an MCP tool',
  description: 'Calls a tool of any server that speaks the Model Context Protocol, and gives its result to later steps.',
  icon: 'plug',
  kind: 'integration',
  params: McpCallParams,
  output: z.object({
    content: z.array(z.json()).describe('What the tool answered, part by part: text, images, links'),
    text: z.string().describe('Its text parts, one under the other'),
    structured: z.json().describe('Its structured content; null where it has none'),
  }),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
  defaultTimeoutMs: 60_000,
  credentialTypes: [connection],
  credentialKinds: ['mcp-connection', ...httpCredentialKinds],
  sample: {
    params: { server: 'https://mcp.example.com/mcp', tool: 'get_weather', arguments: { city: '{{ input.city }}' } },
    output: { content: [{ type: 'text', text: 'Sunny' }], text: 'Sunny', structured: null },
  },
};
