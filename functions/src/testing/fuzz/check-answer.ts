/**
 * Whether an answer is one that the OpenAPI document describes: never 5xx; a status, a content type and a body that the operation names;
 * every refusal a problem document with a code of the catalogue and the request's id.
 */
import { errorCatalogue } from '@automateos/shared/model/error-catalogue';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { resolveRef } from './schema-arbitrary.ts';

export type CheckedAnswer = { readonly status: number; readonly headers: Headers; readonly text: string };

export type AnswerCheck = (method: string, path: string, answer: CheckedAnswer) => string | null;

export function createAnswerCheck(document: JsonObject): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi' });
  return (method, path, answer) => {
    if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 300)}`;
    const at = ['paths', path, method.toLowerCase(), 'responses', String(answer.status)];
    const described = resolveRef(document, `#/${at.map(escaped).join('/')}`);
    if (!isJsonObject(described)) return `${answer.status} is not among its answers: ${answer.text.slice(0, 200)}`;
    const content = isJsonObject(described.content) ? described.content : {};
    const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
    // a page for people is a refusal, too, where it is described
    const refusal = answer.status >= 400 && type !== 'text/html' ? problemFault(answer) : null;
    if (refusal !== null) return refusal;
    if (answer.text === '' && Object.keys(content).length === 0) return null;
    const media = content[type];
    if (!isJsonObject(media))
      return `${answer.status} as ${type || 'nothing'}, where ${Object.keys(content).join(', ') || 'no body'} is described`;
    if (!isJsonObject(media.schema) || !type.endsWith('json')) return null;
    const pointer = [...at, 'content', type, 'schema'].map((part) => encodeURIComponent(escaped(part))).join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (validate === undefined) return `no schema at ${pointer}`;
    if (validate(parsed(answer.text))) return null;
    return `${answer.status} does not fit its schema: ${ajv.errorsText(validate.errors)} in ${answer.text.slice(0, 300)}`;
  };
}

/** What is no answer of an operation (a path that folded into another one) is still a problem document. */
export function problemFault({ status, headers, text }: CheckedAnswer): string | null {
  if (headers.get('content-type') !== 'application/problem+json')
    return `${status} is no problem document: ${text.slice(0, 200)}`;
  const body = parsed(text);
  if (!isJsonObject(body)) return `${status} is no JSON object`;
  const code = String(body.code);
  const entry = Object.entries(errorCatalogue).find(([name]) => name === code)?.[1];
  if (entry === undefined) return `${status} has the unknown code ${code}`;
  if (entry.status !== status || body.status !== status) return `${code} as ${status}, in the body ${body.status}`;
  return body.requestId === headers.get('x-request-id') ? null : `${code} without its request id`;
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told as what does not fit
  }
}
