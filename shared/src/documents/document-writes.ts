/**
 * What every store refuses before it touches anything: malformed commits are mistakes of the caller (TypeError), a document above
 * Firestore's size is an error that a user can cause (DOCUMENT_TOO_LARGE).
 */

import { AppError } from '../model/app-error.ts';
import type { JsonObject } from '../model/json.ts';
import type { Write } from '../ports/document-store.ts';
import { isDocumentPath, utf8Length } from './document-path.ts';

export const commitLimitWrites = 500;
/** Of a document's JSON text in UTF-8. */
export const documentLimitBytes = 1024 * 1024;

/** Throws TypeError unless there are at most 500 writes, all to possible document paths, at most one per path. */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length > commitLimitWrites)
    throw new TypeError(`${writes.length} writes in one commit; at most ${commitLimitWrites}`);
  for (const { path } of writes) {
    if (!isDocumentPath(path)) throw new TypeError(`not a document path: ${JSON.stringify(path.slice(0, 200))}`);
  }
  if (writes.length < 2) return;
  const seen = new Set<string>();
  for (const { path } of writes) {
    if (seen.has(path)) throw new TypeError(`two writes to ${path} in one commit`);
    seen.add(path);
  }
}

/** The document as it is stored: JSON, so undefined fields are left out and numbers that JSON lacks are null. */
export function documentText(path: string, data: JsonObject): string {
  const text = JSON.stringify(data);
  // a UTF-16 unit is at most three bytes: most documents need no count
  if (text.length * 3 > documentLimitBytes && utf8Length(text) > documentLimitBytes) {
    throw new AppError('DOCUMENT_TOO_LARGE', { path, limitBytes: documentLimitBytes });
  }
  return text;
}
