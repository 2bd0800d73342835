/** The files of a folder, at any depth, that may hold a workflow; sorted. Hidden folders and node_modules are not entered. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const extension = /\.(?:ya?ml|json)$/i;

export async function listSourceFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await listSourceFiles(path)));
    else if (entry.isFile() && extension.test(entry.name)) found.push(path);
  }
  return found;
}
