/** A client of our own /mcp, as the SDK makes it, whose requests go into the API without a network. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Api } from '../api/create-api.ts';

export async function connectMcp(api: Api, token: string, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1:8080/mcp'), {
    fetch: (url, init) => api.fetch(new Request(url, init), { clientAddress: '192.0.2.1' }),
    requestInit: { headers: { authorization: `Bearer ${token}`, ...headers } },
  });
  await client.connect(transport as Parameters<Client['connect']>[0]); // its optional sessionId is not exact
  return client;
}
