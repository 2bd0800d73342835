/** One call over the SDK's client, whose requests all go through the step's guarded HTTP client. */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type CallToolResult, CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { fetchOverHttp } from '../../app/outgoing/fetch-over-http.ts';
import { failureOf } from './failure-of.ts';
import type { McpCallParams } from './params.ts';

/** Of a request; the step's own timeout ends the whole. */
const requestMs = 300_000;
const messageChars = 2_000;

export async function callTool(context: StepContext, server: string, params: McpCallParams): Promise<JsonValue> {
  const { signal } = context;
  const client = new Client({ name: 'automateos', version: '1' });
  const transport = new StreamableHTTPClientTransport(addressOf(context, server), {
    fetch: postsOnly(fetchOverHttp(context.http, { timeoutMs: requestMs, maxBytes: params.maxBytes, signal })),
    requestInit: { headers: { ...context.credential?.request?.headers, 'idempotency-key': context.idempotencyKey } },
    reconnectionOptions: { maxRetries: 0, initialReconnectionDelay: 1, maxReconnectionDelay: 1, reconnectionDelayGrowFactor: 1 },
  });
  try {
    const options = { signal, timeout: requestMs };
    await client.connect(transport as Parameters<Client['connect']>[0], options); // its optional sessionId is not exact
    const request = { method: 'tools/call', params: { name: params.tool, arguments: params.arguments } } as const;
    const result = await client.request(request, CallToolResultSchema, options);
    if (result.isError === true) throw toolFailed(params.tool, result);
    return outputOf(result);
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error, params.tool);
  } finally {
    await transport.terminateSession().catch(() => {}); // a courtesy to servers that keep sessions
    await client.close();
  }
}

/** With what the credential adds to the query. */
function addressOf({ credential }: StepContext, server: string): URL {
  if (!URL.canParse(server)) {
    throw new StepError({
      code: 'URL_INVALID',
      message: `The server's address is no URL: ${server.slice(0, 200)}`,
      retryable: false,
    });
  }
  const url = new URL(server);
  for (const [name, value] of Object.entries(credential?.request?.query ?? {})) url.searchParams.set(name, value);
  return url;
}

/** Answers arrive whole, so that the stream of a server's own messages would never do: it is told that nobody listens. */
function postsOnly(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const method = init?.method ?? 'GET';
    return method === 'GET' ? new Response(null, { status: 405 }) : send(input, { ...init, redirect: 'error' });
  };
}

function outputOf({ content, structuredContent }: CallToolResult): JsonObject {
  const parts = content as JsonValue[]; // parsed from JSON
  return { content: parts, text: textOf(content), structured: (structuredContent ?? null) as JsonValue };
}

function textOf(content: CallToolResult['content']): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function toolFailed(tool: string, { content, structuredContent }: CallToolResult): StepError {
  const said = textOf(content).slice(0, messageChars);
  return new StepError({
    code: 'MCP_TOOL_FAILED',
    message: `The tool ${tool} failed${said === '' ? '' : `: ${said}`}`,
    class: 'other',
    retryable: false,
    ...(structuredContent === undefined ? {} : { details: structuredContent as JsonObject }), // parsed from JSON
  });
}
