/**
 * multipart/form-data (RFC 7578, names escaped as the HTML standard says). The boundary comes from the idempotency key, so that repeated
 * attempts send the same bytes.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { decodeBase64 } from './base64.ts';
import type { RequestBody } from './request-body.ts';
import { invalidParams } from './step-failure.ts';

type Part = { readonly head: string; readonly content: Buffer };

export function buildMultipart(fields: JsonObject, idempotencyKey: string): RequestBody {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly JsonValue[]) : [value])
      .filter((one) => one !== null)
      .map((one) => partOf(name, one)),
  );
  const boundary = freeBoundary(parts, idempotencyKey);
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${part.head}\r\n\r\n`),
    part.content,
    Buffer.from('\r\n'),
  ]);
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return { bytes: Buffer.concat(pieces), contentType: `multipart/form-data; boundary=${boundary}` };
}

function partOf(name: string, value: JsonValue): Part {
  const disposition = `Content-Disposition: form-data; name="${escapeName(name)}"`;
  if (typeof value !== 'object' || value === null) return { head: disposition, content: Buffer.from(String(value)) };
  const file = isJsonObject(value) ? value : {};
  const content =
    typeof file.base64 === 'string' ? decodeBase64(file.base64) : typeof file.text === 'string' ? Buffer.from(file.text) : null;
  if (content === null) {
    throw invalidParams(`body: the part "${name}" must be text, a number, or a file as {base64 or text, filename, contentType}`);
  }
  const filename = typeof file.filename === 'string' ? file.filename : name;
  const contentType = typeof file.contentType === 'string' ? file.contentType : 'application/octet-stream';
  if (!/^[\u0020-\u007e]+$/.test(contentType)) throw invalidParams(`body: the contentType of the part "${name}" is not valid`);
  const head = `${disposition}; filename="${escapeName(filename)}"\r\nContent-Type: ${contentType}`;
  return { head, content: Buffer.from(content) };
}

function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

/** A boundary that occurs in no part. */
function freeBoundary(parts: readonly Part[], idempotencyKey: string): string {
  const stem = `automateos-${idempotencyKey.replace(/[^0-9A-Za-z]/g, '').slice(0, 40)}`;
  let boundary = stem;
  for (let n = 1; parts.some((part) => part.content.includes(boundary)); n += 1) boundary = `${stem}-${n}`;
  return boundary;
}
