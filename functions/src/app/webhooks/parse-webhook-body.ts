/**
 * The body of a webhook as a JSON value, read by its content type: JSON, form, multipart, text, and anything else as { base64,
 * contentType, bytes }. Without a content type: text where it is UTF-8, and JSON where it parses. An empty body is null. Throws
 * MALFORMED_BODY where the bytes are not what the content type says.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';

const maxFields = 10_000;

export async function parseWebhookBody(body: {
  readonly contentType: string | undefined;
  /** Raw, not decoded by content-encoding. */
  readonly bytes: Uint8Array;
  readonly contentEncoding?: string | undefined;
}): Promise<JsonValue> {
  const encoding = body.contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      contentType: `with content-encoding ${encoding}`,
      expected: 'the body as it is',
    });
  }
  if (body.bytes.length === 0) return null;
  const { essence, charset } = mediaType(body.contentType ?? '');
  if (essence === '') return guessed(body.bytes);
  if (essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json'))
    return json(decode(body.bytes, charset));
  if (essence === 'application/x-www-form-urlencoded') return parsePairs(decode(body.bytes, charset));
  if (essence === 'multipart/form-data') return parseMultipart(body.contentType ?? '', body.bytes);
  if (essence.startsWith('text/') || essence === 'application/xml' || essence.endsWith('+xml'))
    return decode(body.bytes, charset);
  return binary(body.bytes, body.contentType ?? '');
}

/** `a=1&a=2&b=3` -> { a: ['1', '2'], b: '3' }; for forms and for the query of the address. */
export function parsePairs(text: string): JsonObject {
  const pairs = new URLSearchParams(text);
  if (pairs.size > maxFields) throw malformed(`it has more than ${maxFields} fields`);
  return collect(pairs);
}

/** Repeated names become lists. Own fields whatever they are called: `__proto__` is data. */
function collect(pairs: Iterable<readonly [string, JsonValue]>): JsonObject {
  const fields = new Map<string, JsonValue[]>();
  for (const [name, value] of pairs) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? null) : values]));
}

/** A file is { filename, base64, contentType, bytes }: data in memory, never a path. */
async function parseMultipart(contentType: string, bytes: Uint8Array): Promise<JsonObject> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    throw new AppError('MALFORMED_BODY', { reason: 'it is not valid multipart/form-data' }, { cause });
  }
  const parts: [string, JsonValue][] = [];
  for (const [name, value] of form) {
    if (parts.length === maxFields) throw malformed(`it has more than ${maxFields} fields`);
    parts.push([name, typeof value === 'string' ? value : await fileOf(value)]);
  }
  return collect(parts);
}

async function fileOf(file: File): Promise<JsonValue> {
  return { filename: file.name, ...binary(new Uint8Array(await file.arrayBuffer()), file.type) };
}

function guessed(bytes: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return binary(bytes, ''); // not UTF-8, which is the very question
  }
  const parsed = /^\s*[[{]/.test(text) ? parseBoundedJson(text) : null;
  return parsed?.ok ? parsed.value : text;
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

function binary(bytes: Uint8Array, contentType: string): JsonObject {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {
    base64,
    contentType: contentType === '' ? 'application/octet-stream' : contentType.slice(0, 256),
    bytes: bytes.length,
  };
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
