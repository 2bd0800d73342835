/**
 * Writes the body in the form that `bodyType` names. An absent body and null are no body. Nothing here is random: every attempt of a
 * step sends the same bytes.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { decodeBase64 } from './base64.ts';
import { buildMultipart } from './build-multipart.ts';
import type { HttpRequestParams } from './params.ts';
import type { RequestBody } from './request-body.ts';
import { invalidParams } from './step-failure.ts';

export function buildBody(
  bodyType: HttpRequestParams['bodyType'],
  body: JsonValue | undefined,
  idempotencyKey: string,
): RequestBody | null {
  if (body === undefined || body === null) return null;
  switch (bodyType) {
    case 'json':
      return { bytes: JSON.stringify(body), contentType: 'application/json' };
    case 'text':
      return { bytes: textOf(body), contentType: 'text/plain; charset=utf-8' };
    case 'form':
      return { bytes: formOf(body), contentType: 'application/x-www-form-urlencoded' };
    case 'binary':
      return binaryOf(body);
    case 'multipart':
      return buildMultipart(fieldsOf(body, 'multipart'), idempotencyKey);
    default:
      return bodyType satisfies never;
  }
}

function textOf(body: JsonValue): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Text is taken as a form that is written already. */
function formOf(body: JsonValue): string {
  if (typeof body === 'string') return body;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fieldsOf(body, 'form'))) {
    for (const one of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) {
      if (one === null) continue;
      if (typeof one === 'object')
        throw invalidParams(`body: the form field "${name}" must be text, a number, true or false, or a list of these`);
      form.append(name, String(one));
    }
  }
  return form.toString();
}

function binaryOf(body: JsonValue): RequestBody {
  const base64 = isJsonObject(body) ? body.base64 : body;
  if (typeof base64 !== 'string') throw invalidParams('body: with bodyType binary it is base64 text, or {base64, contentType}');
  const bytes = decodeBase64(base64);
  if (bytes === null) throw invalidParams('body: it is not valid base64');
  const named = isJsonObject(body) ? body.contentType : undefined;
  return { bytes, contentType: typeof named === 'string' && named !== '' ? named : 'application/octet-stream' };
}

function fieldsOf(body: JsonValue, bodyType: string): JsonObject {
  if (isJsonObject(body)) return body;
  throw invalidParams(`body: with bodyType ${bodyType} it is an object of names and values`);
}
