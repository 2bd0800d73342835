/**
 * Calls a web service: builds the request once, sends it (page after page with pagination), reads the answer and checks it. Whatever
 * comes back is cleaned of the credential before anything else looks at it.
 */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { HttpRequest, HttpResponse } from '@automateos/shared/ports/http-client';
import type { Execute, StepContext, StepCredential, StepResult } from '@automateos/shared/ports/node-runtime';
import { buildRequest } from './build-request.ts';
import { withCredential } from './credential.ts';
import { type Page, paginate } from './paginate.ts';
import { HttpRequestParams } from './params.ts';
import { parseResponse } from './parse-response.ts';
import { statusFailure } from './status-failure.ts';

type CleanResponse = Omit<HttpResponse, 'body'> & { readonly body: Buffer };

export const execute: Execute = async (context) => {
  const params = HttpRequestParams.parse(context.params);
  const request = buildRequest(params, context);
  const fetchPage = (one: HttpRequest) => fetchOne(context, params, one);
  if (params.pagination === undefined) return finish(params, await fetchPage(request), {});
  const all = await paginate(params.pagination, request, fetchPage);
  return finish(params, all, { pages: all.pages, truncated: all.truncated });
};

async function fetchOne(context: StepContext, params: HttpRequestParams, request: HttpRequest): Promise<Page> {
  const answer = await context.http.send(withCredential(request, context.credential));
  const response = withoutSecrets(answer, context.credential);
  if (params.failOnStatus && response.status >= 400) throw statusFailure(params.method, response);
  return {
    status: response.status,
    headers: response.headers,
    body: readBody(context, params, response),
    url: response.url,
    bytes: response.body.length,
  };
}

function readBody(context: StepContext, params: HttpRequestParams, response: CleanResponse): JsonValue {
  // An answer without content, or an error that was asked to pass, is not held to the wanted type.
  const bare = response.body.length === 0 || response.status >= 400;
  return parseResponse(response.body, response.headers['content-type'], bare ? 'auto' : params.responseType, (reason) =>
    context.log('warn', `The answer says that it is JSON, but does not parse (${reason}): body is its text.`),
  );
}

async function finish(params: HttpRequestParams, page: Page, more: JsonObject): Promise<StepResult> {
  if (params.responseSchema !== undefined && page.status < 400) {
    const { validateResponse } = await import('./validate-response.ts'); // the validator is large and seldom needed
    validateResponse(params.responseSchema, page.body);
  }
  return { output: { status: page.status, headers: page.headers, body: page.body, ...more } };
}

/** Services echo headers in error pages; on the bytes, before anything is parsed, decoded or cut to a length. */
function withoutSecrets(response: HttpResponse, credential: StepCredential | null): CleanResponse {
  const bytes = credential === null ? response.body : credential.maskBytes(response.body);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (credential === null) return { ...response, body };
  const headers = Object.entries(response.headers).map(([name, value]) => [name, credential.maskText(value)] as const);
  return { ...response, headers: Object.fromEntries(headers), body };
}
