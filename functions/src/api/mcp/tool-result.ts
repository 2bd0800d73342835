/** Values and failures as results of tools: text for models, structured content for programs. */

import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolRun } from '../../app/mcp/call-workflow-tool.ts';

/** What a model is given of a value; a larger one is behind its link. */
const textLimitBytes = 256 * 1024;

export function valueResult(value: JsonValue, meta?: JsonObject): CallToolResult {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (Buffer.byteLength(text) > textLimitBytes) {
    return failure(`The result is larger than ${textLimitBytes} bytes. Read it over the REST API.`, meta ?? {});
  }
  const structuredContent = isJsonObject(value) ? value : { result: value };
  return { content: [{ type: 'text', text }], structuredContent, ...(meta === undefined ? {} : { _meta: meta }) };
}

/** A failure that the model may read, and do better. */
export function failure(text: string, structuredContent: JsonObject): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }], structuredContent };
}

export function runResult(publicUrl: string, run: ToolRun): CallToolResult {
  const { executionId } = run;
  const link = `${publicUrl}/v1/executions/${executionId}`;
  switch (run.kind) {
    case 'succeeded':
      return valueResult(run.output, { 'automateos/executionId': executionId, 'automateos/link': link });
    case 'ended': {
      const { status, error } = run;
      const reason = error === null ? '' : `: ${error.code}: ${error.message}`;
      return failure(`Execution ${executionId} ended as ${status}${reason}`, {
        ...{ executionId, status, link },
        error: error === null ? null : { code: error.code, message: error.message },
      });
    }
    case 'under-way': {
      const text = `Execution ${executionId} is still under way. Ask for it with get_execution and this id; do not start it again.`;
      return { content: [{ type: 'text', text }], structuredContent: { executionId, status: 'running', link } };
    }
  }
}
