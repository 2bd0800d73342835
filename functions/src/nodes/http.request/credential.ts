/**
 * Adds what the credential brings to a request, over whatever the params say under the same name. How a credential becomes headers and
 * query is decided by its type, outside of this node.
 */
import type { HttpRequest } from '@automateos/shared/ports/http-client';
import type { StepCredential } from '@automateos/shared/ports/node-runtime';
import { withParam } from './query.ts';
import { invalidParams } from './step-failure.ts';

/** On every page: the address of a next page knows nothing of the key in the query of the first. */
export function withCredential(request: HttpRequest, credential: StepCredential | null): HttpRequest {
  if (credential === null) return request;
  const parts = credential.request;
  if (parts === null) throw invalidParams(`A credential of kind ${credential.kind} cannot be used in an HTTP request.`);
  const headers = { ...request.headers };
  for (const [name, value] of Object.entries(parts.headers)) {
    for (const given of Object.keys(headers)) if (given.toLowerCase() === name.toLowerCase()) delete headers[given];
    headers[name] = value;
  }
  const url = Object.entries(parts.query).reduce((address, [name, value]) => withParam(address, name, value), request.url);
  return { ...request, headers, url };
}
