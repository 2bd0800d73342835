/**
 * The body of a webhook as a JSON value, read by its content type: JSON, form, text, and anything else as { base64, contentType, bytes }.
 * An empty body is null. Throws MALFORMED_BODY where the bytes are not what the content type says.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';

const maxFields = 10_000;

export function parseWebhookBody(body: {
  readonly contentType: string | undefined;
  /** Raw, not decoded by content-encoding. */
  readonly bytes: Uint8Array;
  readonly contentEncoding?: string | undefined;
}): JsonValue {
  const encoding = body.contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      contentType: `with content-encoding ${encoding}`,
      expected: 'the body as it is',
    });
  }
  if (body.bytes.length === 0) return null;
  const { essence, charset } = mediaType(body.contentType ?? '');
  if (essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json'))
    return json(decode(body.bytes, charset));
  if (essence === 'application/x-www-form-urlencoded') return parsePairs(decode(body.bytes, charset));
  if (essence.startsWith('text/') || essence === 'application/xml' || essence.endsWith('+xml'))
    return decode(body.bytes, charset);
  return binary(body.bytes, body.contentType ?? 'application/octet-stream');
}

/** `a=1&a=2&b=3` -> { a: ['1', '2'], b: '3' }; for forms and for the query of the address. */
export function parsePairs(text: string): JsonObject {
  const pairs = new URLSearchParams(text);
  if (pairs.size > maxFields) throw malformed(`it has more than ${maxFields} fields`);
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, value);
    else if (typeof known === 'string') fields.set(name, [known, value]);
    else known.push(value);
  }
  return Object.fromEntries(fields);
}

function json(text: string): JsonValue {
  const parsed = parseBoundedJson(text);
  if (parsed.ok) return parsed.value;
  throw malformed(parsed.reason);
}

/** Strict: bytes that the charset does not know are an error, not a replacement character. A byte order mark is dropped. */
function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset === '' ? 'utf-8' : charset, { fatal: true }).decode(bytes);
  } catch (cause) {
    const reason = `it is not valid ${charset === '' ? 'UTF-8' : charset.slice(0, 40)}`;
    throw new AppError('MALFORMED_BODY', { reason }, { cause });
  }
}

function binary(bytes: Uint8Array, contentType: string): JsonValue {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return { base64, contentType: contentType.slice(0, 256), bytes: bytes.length };
}

function mediaType(contentType: string): { readonly essence: string; readonly charset: string } {
  const [essence = '', ...parameters] = contentType.split(';');
  let charset = '';
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() === 'charset') charset = value.trim().replace(/^"|"$/g, '').toLowerCase();
  }
  return { essence: essence.trim().toLowerCase(), charset };
}

function malformed(reason: string): AppError {
  return new AppError('MALFORMED_BODY', { reason });
}
