/** What stands in a bundle in place of functions/src/entry/built-in-node-types.ts: every node folder by static imports, effects by lazy ones. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function renderNodeTypeIndex(nodesFolder: string): string {
  const folders = readdirSync(nodesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(nodesFolder, entry.name, 'manifest.ts')))
    .map(({ name }) => name)
    .toSorted();
  const imports = folders.map((name, at) => `import { manifest as m${at} } from '../nodes/${name}/manifest.ts';`);
  const entries = folders.map((name, at) => {
    const execute = existsSync(join(nodesFolder, name, 'execute.ts'))
      ? `, execute: () => import('../nodes/${name}/execute.ts')`
      : '';
    return `  { folder: 'nodes/${name}', manifest: m${at}${execute} },`;
  });
  return [
    `import { assembleNodeTypes } from '../adapters/node-types/assemble-node-types.ts';`,
    ...imports,
    `export const builtInNodeTypes = () => assembleNodeTypes([\n${entries.join('\n')}\n]);`,
  ].join('\n');
}
