/**
 * Some of Google's clients read JSON files of their own package at run time, by a path from the file that reads: in a bundle there is no such
 * path. Here each such read becomes an import, which is bundled.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const clients = /@google-cloud\/[^/]+\/build\/esm\/.*_client\.js$/;
/** `getJSON(path.join(dirname, '..', 'a.json'))` */
const read = /getJSON\(path\.join\(dirname,([^)]*)\)\)/g;

export const inlinedJson: Plugin = {
  name: 'inlined-json',
  setup({ onLoad }) {
    onLoad({ filter: clients }, ({ path }) => {
      const imports: string[] = [];
      const contents = readFileSync(path, 'utf8').replaceAll(read, (_whole, segments: string) => {
        const file = join(dirname(path), ...[...segments.matchAll(/'([^']*)'/g)].map(([, segment]) => segment ?? ''));
        imports.push(`import __json${imports.length} from ${JSON.stringify(file)};`);
        return `__json${imports.length - 1}`;
      });
      return { contents: `${imports.join('\n')}\n${contents}`, loader: 'js' };
    });
  },
};
