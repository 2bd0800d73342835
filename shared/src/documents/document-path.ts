/**
 * Paths of documents and collections: segments joined by slashes, a document's even in number, a collection's odd. Stores refuse to
 * write under a path that breaks these rules and find nothing when asked to read one.
 */

/** Of one segment, UTF-8 bytes (Firestore's limit). */
const segmentLimitBytes = 1500;
/** Of a whole path, UTF-16 units: at most Firestore's 6 KiB, and short enough to stay cheap as a key. */
const pathLimit = 4096;

/** A lone surrogate, by which two different ids would become one in UTF-8. */
export const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Number of segments, or 0 where no document or collection can have this path. */
function segmentCount(path: string): number {
  if (path.length === 0 || path.length > pathLimit || loneSurrogate.test(path)) return 0;
  let count = 1;
  let start = 0;
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', start)) {
    if (!isSegment(path, start, end)) return 0;
    start = end + 1;
    count += 1;
  }
  return isSegment(path, start, path.length) ? count : 0;
}

function isSegment(path: string, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0 || length > segmentLimitBytes) return false;
  if (length * 3 > segmentLimitBytes && utf8Length(path.slice(start, end)) > segmentLimitBytes) return false;
  if (length > 2 || path[start] !== '.') return true;
  return !(length === 1 || path[start + 1] === '.');
}

/** Bytes of a string in UTF-8; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) i += 1;
    }
  }
  return bytes;
}

export function isDocumentPath(path: string): boolean {
  const count = segmentCount(path);
  return count > 0 && count % 2 === 0;
}

export function isCollectionPath(path: string): boolean {
  return segmentCount(path) % 2 === 1;
}

/** The collection that a document is directly in. */
export function collectionOf(documentPath: string): string {
  return documentPath.slice(0, documentPath.lastIndexOf('/'));
}

/** The collection group of a document (or of a collection path followed by an id). */
export function groupOf(documentPath: string): string {
  const end = documentPath.lastIndexOf('/');
  return documentPath.slice(documentPath.lastIndexOf('/', end - 1) + 1, end);
}
