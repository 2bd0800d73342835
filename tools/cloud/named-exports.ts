/**
 * A CommonJS package that is imported with `import()` has its names in Node, where they are read from its source; in a bundle that is split it
 * would have `default` only. This gives such an import a module of its own that names them all.
 */
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

const packages = /^(@google-cloud\/|@grpc\/|@opentelemetry\/)/;
const named = 'named-exports';
const identifier = /^[A-Za-z_$][\w$]*$/;

/** Packages that `import()` is to find as Node does; those that are not bundled need no help. */
export function namedExports(root: string, external: readonly string[]): Plugin {
  const require = createRequire(`${root}/package.json`);
  return {
    name: named,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: packages }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import' || external.includes(path)) return undefined;
        return { path, namespace: named, pluginData: { resolveDir } };
      });
      onLoad({ filter: /./, namespace: named }, async ({ path, pluginData }) => {
        const { resolveDir } = pluginData as { resolveDir: string }; // as set above
        const found: object = await import(require.resolve(path, { paths: [resolveDir] }));
        const names = Object.keys(found).filter((name) => identifier.test(name) && name !== 'default');
        return {
          contents: `import * as all from '${path}';\nconst whole = { ...all };\nexport default whole.default ?? whole;\nexport const { ${names.join(', ')} } = all;\n`,
          resolveDir,
        };
      });
    },
  };
}
