/** Writes a generated file, only when its content changes, so that `git diff` shows drift and nothing else. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');

export async function writeGenerated(path: string, content: string): Promise<void> {
  const file = join(root, path);
  const before = await readFile(file, 'utf8').catch(() => null); // absent at first
  if (before === content) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  process.stdout.write(`${relative(root, file)} written\n`);
}
