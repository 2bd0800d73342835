/** Where the clone is, whatever the working directory. */
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');

export function fromRoot(path) {
  return join(root, path);
}
