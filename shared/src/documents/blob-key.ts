/** Which keys a blob can have: slash-separated, no empty segment, none that a file system or URL would take for a way up. */
import { loneSurrogate, utf8Length } from './document-path.ts';

/** Cloud Storage's limit for an object name, UTF-8 bytes. */
const keyLimitBytes = 1024;

export function isBlobKey(key: string): boolean {
  if (utf8Length(key) > keyLimitBytes || /[\r\n]/.test(key) || loneSurrogate.test(key)) return false;
  return key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

/** A prefix is a key and a slash: whole segments only, so that `a/` never reaches what belongs to `ab`. */
export function isBlobPrefix(prefix: string): boolean {
  return prefix.endsWith('/') && isBlobKey(prefix.slice(0, -1));
}
