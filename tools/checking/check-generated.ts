/** Generated files are what their generators make now: runs them all and compares with what lay there before. They are left as made. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from '../generators.ts';

const root = join(import.meta.dirname, '../..');

function filesBelow(path: string): readonly string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return statSync(full).isDirectory() ? readdirSync(full).flatMap((name) => filesBelow(join(path, name))) : [path];
}

function snapshot(): ReadonlyMap<string, string> {
  return new Map(generatedFiles.flatMap(filesBelow).map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

const before = snapshot();
const { status } = spawnSync(process.execPath, ['tools/generate.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const after = snapshot();
const drifted = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
for (const file of drifted) console.log(`${file} is not what its generator makes; it has been written anew: commit it`);
process.exitCode = status !== 0 || drifted.length > 0 ? 1 : 0;
