/** What goes wrong between client and server, in the words and classes of steps. */
import { StepError, type StepErrorClass } from '@automateos/shared/model/step-error';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';

const shownChars = 500;

export function failureOf(error: unknown, tool: string): StepError {
  if (error instanceof StepError) return error;
  if (error instanceof McpError) return ofProtocol(error, tool);
  if (error instanceof StreamableHTTPError) return ofStatus(error.code ?? 0, error);
  const message = error instanceof Error ? error.message : String(error);
  return new StepError(
    { code: 'MCP_FAILED', message: `The server does not speak the protocol: ${message.slice(0, shownChars)}`, retryable: false },
    { cause: error },
  );
}

function ofProtocol(error: McpError, tool: string): StepError {
  const text = error.message.slice(0, shownChars);
  // the client's word for an answer that did not come
  if (error.code === ErrorCode.RequestTimeout)
    return new StepError({ code: 'TIMEOUT', message: text, class: 'timeout' }, { cause: error });
  const message = `The server refused the call of ${tool}: ${text}`;
  return new StepError(
    { code: 'MCP_FAILED', message, class: 'other', retryable: false, details: { code: error.code } },
    { cause: error },
  );
}

function ofStatus(status: number, error: StreamableHTTPError): StepError {
  const kind: StepErrorClass = status === 429 ? '429' : status >= 500 ? '5xx' : 'other';
  const message = `The server answered ${status}: ${error.message.slice(0, shownChars)}`;
  return new StepError(
    { code: 'MCP_FAILED', message, class: kind, retryable: kind !== 'other', details: { status } },
    { cause: error },
  );
}
