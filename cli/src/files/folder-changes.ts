/**
 * What changed in a folder since the last look, by content: an editor's double save, a touched file or a rename in place is told once or
 * not at all. The system's notices only say when to look; a slow look now and then serves file systems that send none.
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { listSourceFiles } from './list-source-files.ts';

export type FileChange = { readonly path: string; readonly text: string | null };

type Seen = { readonly stamp: string; readonly text: string };

/** Answers changed and new files with their text, removed ones with null. */
export function createFolderReader(folder: string): () => Promise<FileChange[]> {
  const seen = new Map<string, Seen>();
  return async () => {
    const changes: FileChange[] = [];
    const paths = await listSourceFiles(folder);
    for (const path of paths) {
      const now = await readIfChanged(path, seen.get(path));
      if (now === null) continue;
      if (now.text !== seen.get(path)?.text) changes.push({ path, text: now.text });
      seen.set(path, now);
    }
    for (const path of seen.keys()) {
      if (paths.includes(path)) continue;
      seen.delete(path);
      changes.push({ path, text: null });
    }
    return changes;
  };
}

async function readIfChanged(path: string, before: Seen | undefined): Promise<Seen | null> {
  try {
    const { mtimeMs, size } = await stat(path);
    const stamp = `${mtimeMs}:${size}`;
    return before?.stamp === stamp ? null : { stamp, text: await readFile(path, 'utf8') };
  } catch {
    return null; // Gone between listing and reading: the next look tells.
  }
}

/** Calls `onNotice` when something below the folder may have changed; answers how to stop. */
export function watchFolder(folder: string, onNotice: () => void): () => void {
  try {
    const watcher = watch(folder, { recursive: true }, onNotice);
    // A folder that cannot be watched any more is still looked at now and then.
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined; // Not watchable (limits of the system): the slow look serves.
  }
}
