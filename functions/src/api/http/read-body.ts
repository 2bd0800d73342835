/**
 * A request's body as a JSON tree: capped while it is read, UTF-8 only, bounded in depth, free of `__proto__`. Nothing is guessed from
 * the content: what the Content-Type says is what it is read as.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import type { JsonValue } from '@automateos/shared/model/json';

export const apiBodyLimitBytes = 1_048_576;

export type BodyRules = { readonly yaml: boolean; readonly optional: boolean; readonly limitBytes: number };

export type ReadBody = { readonly bytes: Uint8Array; readonly value: JsonValue; readonly source: string | null };

/** Reads the text of a definition, where duplicate keys and the like are refused; throws AppError MALFORMED_BODY. */
export type ParseText = (text: string, format: 'json' | 'yaml') => Promise<JsonValue>;

/** Throws UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, MALFORMED_BODY. */
export async function readBody(request: Request, rules: BodyRules, parseText: ParseText): Promise<ReadBody> {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      contentType: `with encoding ${encoding.slice(0, 64)}`,
      expected: 'it unencoded',
    });
  }
  const contentType = request.headers.get('content-type');
  // what is no JSON is refused by its header alone, before a byte of it is read
  const format = contentType === null ? null : formatOf(contentType, rules);
  const bytes = await readCapped(request, rules.limitBytes);
  if (bytes.length === 0) {
    if (rules.optional) return { bytes, value: {}, source: null };
    throw new AppError('MALFORMED_BODY', { reason: 'it is empty.' });
  }
  if (format === null) throw new AppError('UNSUPPORTED_MEDIA_TYPE', { contentType: '(none)', expected: expected(rules) });
  const text = decodeUtf8(bytes);
  const value = rules.yaml ? await parseText(text, format) : parseJson(text);
  refuseProto(value);
  return { bytes, value, source: format === 'yaml' ? text : null };
}

function expected(rules: BodyRules): string {
  return rules.yaml ? 'application/json or application/yaml' : 'application/json';
}

const yamlTypes = new Set(['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml']);

function formatOf(contentType: string, rules: BodyRules): 'json' | 'yaml' {
  const [media = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const isUtf8 = charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
  if (isUtf8 && (media === 'application/json' || /^application\/[a-z0-9.-]+\+json$/.test(media))) return 'json';
  if (isUtf8 && rules.yaml && yamlTypes.has(media)) return 'yaml';
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', { contentType: contentType.slice(0, 128), expected: expected(rules) });
}

async function readCapped(request: Request, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('BODY_TOO_LARGE', { limitBytes });
  if (Number(request.headers.get('content-length') ?? '0') > limitBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.length;
      if (size > limitBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('MALFORMED_BODY', { reason: 'it ended before it was complete.' }, { cause: error });
  }
  return Buffer.concat(chunks);
}

/** Throws MALFORMED_BODY. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AppError('MALFORMED_BODY', { reason: 'it is not UTF-8 text.' }, { cause: error });
  }
}

/** Throws MALFORMED_BODY. */
export function parseJson(text: string): JsonValue {
  const parsed = parseBoundedJson(text);
  if (!parsed.ok) throw new AppError('MALFORMED_BODY', { reason: `${parsed.reason}.` });
  return parsed.value;
}

/** `__proto__` is a key that some reader down the line would take for something else. Nesting is bounded by the parser. */
export function refuseProto(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) {
    throw new AppError('MALFORMED_BODY', { reason: 'it has a key named __proto__, which is not allowed.' });
  }
  for (const child of Object.values(value)) refuseProto(child);
}
