/**
 * The MCP server of one request: stateless, so that any process may answer any request. It offers tools and nothing else. Loaded with the
 * first request to /mcp.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { isPermitted } from '../../app/auth/permissions.ts';
import { callWorkflowTool } from '../../app/mcp/call-workflow-tool.ts';
import { listWorkflowTools, type WorkflowTool } from '../../app/mcp/workflow-tools.ts';
import { zodProblems } from '../../app/zod-problems.ts';
import { asAppError } from '../http/problem-response.ts';
import { platformTools, type ToolContext } from './platform-tools.ts';
import { failure, runResult, valueResult } from './tool-result.ts';

export type McpCaller = ToolContext & {
  readonly requestId: string;
  readonly version: string;
  /** Of the request, for tools that start something. */
  readonly idempotencyKey: string | null;
};

/** Answers well below the limits of proxies and functions. */
const waitMs = 50_000;

const instructions = [
  'Tools named after workflows run them: the result is the output of the run. One that takes longer than 50 seconds goes on by itself;',
  'ask get_execution for it, with waitSeconds. Approvals are decided by people, never by tools.',
].join(' ');

/** The message is parsed already. */
export async function answerMcp(caller: McpCaller, request: Request, message: JsonValue): Promise<Response> {
  const server = createServer(caller);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: !wantsProgress(message) });
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: message });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) await server.close();
  return response;
}

/** Progress is told before the result: that takes a stream. */
function wantsProgress(message: JsonValue): boolean {
  if (!isJsonObject(message) || !isJsonObject(message.params)) return false;
  const { _meta: meta } = message.params;
  return isJsonObject(meta) && meta.progressToken !== undefined;
}

function createServer(caller: McpCaller): Server {
  const info = { name: 'automateos', title: 'AutomateOS', version: caller.version };
  const server = new Server(info, { capabilities: { tools: {} }, instructions, jsonSchemaValidator: noElicitation });
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: await listTools(caller) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { sendNotification }) => {
    const token = params._meta?.progressToken;
    const tell = (waitedMs: number): void => {
      const told = { progressToken: token ?? 0, progress: Math.floor(waitedMs / 1_000), message: 'The workflow runs' };
      // whoever has hung up is told nothing
      sendNotification({ method: 'notifications/progress', params: told }).catch(() => {});
    };
    const args = (params.arguments ?? {}) as JsonObject; // parsed from JSON
    return callTool(caller, params.name, args, token === undefined ? undefined : tell);
  });
  return server;
}

/** The SDK compiles schemas for answers to elicitations, which this server never asks for; its default is expensive to make. */
const noElicitation = {
  getValidator: () => () => {
    throw new AppError('INTERNAL');
  },
};

const platformNames = new Set(platformTools.map(({ name }) => name));

async function workflowTools({ app, principal }: McpCaller): Promise<readonly WorkflowTool[]> {
  const may = isPermitted(principal, 'workflows.read') && isPermitted(principal, 'executions.start');
  return may ? listWorkflowTools(app, principal, platformNames) : [];
}

async function listTools(caller: McpCaller): Promise<Tool[]> {
  const own = platformTools.filter(({ action }) => isPermitted(caller.principal, action));
  return [
    ...(await workflowTools(caller)).map(({ name, title, description, inputSchema, readOnly }) => ({
      ...{ name, title, description, inputSchema: inputSchema as Tool['inputSchema'] }, // a JSON Schema of an object; its keys are the author's
      annotations: { readOnlyHint: readOnly, destructiveHint: !readOnly, openWorldHint: true },
    })),
    ...own.map(({ name, title, description, params, annotations }) => ({
      ...{ name, title, description, annotations },
      inputSchema: z.toJSONSchema(params, { io: 'input' }) as Tool['inputSchema'], // made of z.strictObject
    })),
  ];
}

async function callTool(
  caller: McpCaller,
  name: string,
  args: JsonObject,
  onWaiting: ((waitedMs: number) => void) | undefined,
): Promise<CallToolResult> {
  const { app, principal, signal, idempotencyKey } = caller;
  const own = platformTools.find((one) => one.name === name && isPermitted(principal, one.action));
  const offered = own ? undefined : (await workflowTools(caller)).find((one) => one.name === name);
  try {
    if (own) return valueResult(await own.run(caller, args));
    if (!offered) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${name.slice(0, 64)} here.`);
    const call = { tool: offered, input: args, idempotencyKey, waitMs, signal, onWaiting };
    return runResult(app.settings.publicUrl, await callWorkflowTool(app, principal, call));
  } catch (error) {
    if (error instanceof McpError) throw error;
    return refusal(caller, error instanceof z.ZodError ? invalidArguments(error, args) : asAppError(error));
  }
}

function invalidArguments(error: z.ZodError, args: JsonObject): AppError {
  const problems = zodProblems(error, '', args);
  const reason = problems.map(({ path, message }) => `${path}: ${message}`).join(' ');
  return new AppError('INVALID_PARAMS', { reason }, { problems });
}

/** Told to the model as a result, so that it can do better. What failed on our side is in the log. */
function refusal({ app, requestId }: McpCaller, error: AppError): CallToolResult {
  if (error.status >= 500) app.logger.error('request-failed', { requestId, code: error.code }, error);
  const problems = error.problems?.map(({ path, message }) => ({ path, message })) ?? [];
  return failure(`${error.code}: ${error.message}`, { code: error.code, message: error.message, requestId, problems });
}
