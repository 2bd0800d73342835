/** The direction of imports and their cycles, over every source file of the project. Prints what breaks the rules; exit code 1 then. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findCycles } from './find-cycles.ts';
import { judgeImport } from './judge-import.ts';
import { readImports } from './read-imports.ts';

const root = join(import.meta.dirname, '../..');

function sourceFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && !file.endsWith('.d.ts') && existsSync(join(root, file)));
}

const faults: string[] = [];
const graph = new Map<string, readonly string[]>();
for (const file of sourceFiles()) {
  const imports = readImports(root, file);
  graph.set(
    file,
    imports.flatMap((one) => one.file ?? []),
  );
  for (const one of imports) {
    const fault = judgeImport(file, one);
    if (fault !== null) faults.push(`${file}: ${fault}`);
  }
}
for (const cycle of findCycles(graph)) faults.push(`a cycle: ${cycle.join(' <-> ')}`);
console.log([...faults, `${graph.size} files, ${faults.length} faults`].join('\n'));
process.exitCode = faults.length > 0 ? 1 : 0;
