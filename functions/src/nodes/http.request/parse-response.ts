/**
 * Reads a response body by its content type: JSON as its value (text where it does not parse), text by its charset, anything else as
 * { base64, contentType, bytes }. An empty body is null, or "" for text.
 */
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import type { JsonValue } from '@automateos/shared/model/json';
import type { HttpRequestParams } from './params.ts';
import { invalidResponse } from './step-failure.ts';

type MediaType = { readonly essence: string; readonly charset: string };

/** Told why an answer that calls itself JSON became text. */
type Unparsed = (reason: string) => void;

export function parseResponse(
  body: Buffer,
  contentType: string | undefined,
  responseType: HttpRequestParams['responseType'] = 'auto',
  unparsed: Unparsed = () => {},
): JsonValue {
  const media = mediaType(contentType);
  if (responseType === 'binary') return binary(body, media);
  if (responseType === 'text') return decodeText(body, media.charset);
  if (responseType === 'json') return requiredJson(body, media);
  if (isText(media.essence)) return decodeText(body, media.charset);
  if (body.length === 0) return null;
  if (isJson(media.essence)) return json(decodeText(body, media.charset), unparsed);
  return media.essence === '' ? guessed(body, media) : binary(body, media);
}

function json(text: string, unparsed: Unparsed): JsonValue {
  const parsed = parseBoundedJson(text);
  if (parsed.ok) return parsed.value;
  unparsed(parsed.reason);
  return text;
}

function requiredJson(body: Buffer, media: MediaType): JsonValue {
  const parsed = parseBoundedJson(decodeText(body, media.charset));
  if (parsed.ok) return parsed.value;
  throw invalidResponse(`The answer is not JSON: ${parsed.reason}.`);
}

/** No content type: text when it is valid UTF-8, and JSON when it looks like it. */
function guessed(body: Buffer, media: MediaType): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return binary(body, media); // not UTF-8, which is the very question
  }
  // what only looked like JSON is no surprise as text
  return /^\s*[[{]/.test(text) ? json(text, () => {}) : text;
}

function binary(body: Buffer, media: MediaType): JsonValue {
  const contentType = media.essence === '' ? 'application/octet-stream' : media.essence;
  return { base64: body.toString('base64'), contentType, bytes: body.length };
}

export function decodeText(body: Buffer, charset: string): string {
  if (charset === '' || charset === 'utf-8' || charset === 'utf8') return new TextDecoder().decode(body);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body); // a charset that nobody knows: UTF-8 is the best guess
  }
}

export function mediaType(contentType: string | undefined): MediaType {
  const [essence = '', ...parameters] = (contentType ?? '').split(';');
  let charset = '';
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() === 'charset') charset = value.trim().replace(/^"|"$/g, '').toLowerCase();
  }
  return { essence: essence.trim().toLowerCase(), charset };
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

const textEssences = new Set([
  'application/xml',
  'application/javascript',
  'application/ecmascript',
  'application/x-www-form-urlencoded',
  'application/x-ndjson',
  'application/jsonl',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/graphql',
  'application/sql',
  'image/svg+xml',
]);

function isText(essence: string): boolean {
  return (essence.startsWith('text/') && essence !== 'text/json') || essence.endsWith('+xml') || textEssences.has(essence);
}
