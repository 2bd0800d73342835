/**
 * Calls a tool of an MCP server: initialize, call, end the session. The server's address is the credential's where that is a connection, so
 * that its secret goes nowhere else. The protocol's library is loaded with the first call.
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { Execute, StepContext } from '@automateos/shared/ports/node-runtime';
import { McpCallParams } from './params.ts';

export const execute: Execute = async (context) => {
  const params = McpCallParams.parse(context.params);
  const { callTool } = await import('./call-tool.ts');
  return { output: await callTool(context, serverOf(context, params), params) };
};

function serverOf({ credential }: StepContext, { server }: McpCallParams): string {
  const held = credential?.kind === 'mcp-connection' ? credential.data.url : undefined;
  if (typeof held !== 'string') {
    if (server !== undefined) return server;
    throw invalid('Name the server, or a credential of kind mcp-connection.');
  }
  if (server !== undefined) throw invalid('The credential says which server it is for: leave `server` out.');
  return held;
}

function invalid(message: string): StepError {
  return new StepError({ code: 'PARAMS_INVALID', message, class: 'other', retryable: false });
}
