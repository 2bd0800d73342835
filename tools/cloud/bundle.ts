/**
 * npm run bundle: one folder per cloud function in dist/functions, ready to be uploaded: index.js and its chunks, the sandbox's children, and a
 * package.json with the few packages that cannot be bundled (at the versions of the lock file). `npm run bundle -- worker api` makes these only.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { digestOf } from '../launcher/source-digest.mjs';
import { inlinedJson } from './inlined-json.ts';
import { namedExports } from './named-exports.ts';
import { renderNodeTypeIndex } from './node-type-index.ts';
import { type Lock, pruneLock } from './prune-lock.ts';
import { readTopology } from './read-topology.ts';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'functions/src');

/** They find files of their own beside them (WebAssembly, Python's library), or must be the very copy that starts the function. */
const external = [
  '@google-cloud/functions-framework',
  '@jitl/quickjs-ffi-types',
  '@jitl/quickjs-wasmfile-release-sync',
  'luxon',
  'pyodide',
  'quickjs-emscripten-core',
];

/** CommonJS packages inside an ES module want these. */
const banner =
  "import{createRequire as __createRequire}from'node:module';import{fileURLToPath as __toPath}from'node:url';import{dirname as __toFolder}from'node:path';" +
  'const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url),__dirname=__toFolder(__filename);';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external,
  banner: { js: banner },
  legalComments: 'linked',
  logLevel: 'warning',
} as const;

/** To be deployed: small, and with maps for the traces of errors. That takes four times as long as the rest. */
const finished = { sourcemap: true, sourcesContent: false, minifySyntax: true, minifyWhitespace: true } as const;

type Output = { readonly folder: string; readonly finish: boolean };
const toDeploy: Output = { folder: join(root, 'dist/functions'), finish: true };

/** Files that run in a thread or process of their own, by where they are asked for. */
const ownPrograms = [
  'adapters/expression/expression-worker',
  'adapters/scripts/javascript-child',
  'adapters/scripts/python-child',
];

const inBundle: Plugin = {
  name: 'in-bundle',
  setup({ onLoad }) {
    onLoad({ filter: /entry\/built-in-node-types\.ts$/ }, () => ({
      contents: renderNodeTypeIndex(join(source, 'nodes')),
      loader: 'ts',
      resolveDir: join(source, 'entry'),
    }));
    onLoad({ filter: /entry\/starter\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("'../../../templates/starter.yaml'", "'starter.yaml'"),
      loader: 'ts',
    }));
    // beside the bundle they are .js
    onLoad({ filter: /(expression-thread|sandbox-command)\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /'(\.\/(?:expression-worker|javascript-child|python-child))\.ts'/g,
        "'$1.js'",
      ),
      loader: 'ts',
    }));
  },
};

/** Programs that run to their end, as Cloud Run jobs. */
const jobs = ['setup', 'migrate'];

/** Answers the folder, `{name}` in the output's. */
export async function bundleFunction(name: string, output = toDeploy): Promise<string> {
  const outdir = await bundleEntry(name, join(source, `entry/functions/${name}.ts`), output);
  await build({
    ...common,
    ...(output.finish ? finished : {}),
    entryPoints: Object.fromEntries(
      ownPrograms.map((file) => [file.slice(file.lastIndexOf('/') + 1), join(source, `${file}.ts`)]),
    ),
    outdir,
    plugins: [inBundle],
  });
  copyFileSync(join(source, 'adapters/scripts/python-runner.py'), join(outdir, 'python-runner.py'));
  if (name === 'setup') copyFileSync(join(root, 'templates/starter.yaml'), join(outdir, 'starter.yaml'));
  return outdir;
}

/** index.js and its chunks in a fresh folder. */
export async function bundleEntry(name: string, entry: string, { folder, finish } = toDeploy): Promise<string> {
  const outdir = join(folder, name);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    ...common,
    ...(finish ? finished : {}),
    entryPoints: { index: entry },
    outdir,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    plugins: [inBundle, namedExports(root, external), inlinedJson],
  });
  const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = packageOf(name, lock);
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(outdir, 'package-lock.json'), `${JSON.stringify(pruneLock(lock, manifest), null, 2)}\n`);
  return outdir;
}

function packageOf(name: string, lock: Lock) {
  const version = (dependency: string): string => {
    const found = lock.packages[`node_modules/${dependency}`]?.version;
    if (found === undefined) throw new Error(`package-lock.json has no ${dependency}`);
    return found;
  };
  return {
    name: `automateos-${name}`,
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24' },
    scripts: { start: `functions-framework --target=${name}` },
    dependencies: Object.fromEntries(external.map((dependency) => [dependency, version(dependency)])),
  };
}

const keptDays = 2;

/**
 * For running here: a folder that holds these bundles and is named after the sources, so that a function that runs finds its chunks however
 * often others bundle meanwhile. What is there already is not made again.
 */
export async function bundlesToRun(names: readonly string[]): Promise<string> {
  const sources = ['functions/src', 'shared/src', 'tools/cloud', 'templates', 'infra/topology.json', 'firestore.indexes.json'];
  const digest = digestOf(root, [...sources, 'package-lock.json']).slice(0, 16);
  const all = join(root, 'dist/cloud');
  const folder = join(all, digest);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(all)) {
    const unused = old !== digest && statSync(join(all, old)).mtimeMs < Date.now() - keptDays * 86_400_000;
    if (unused) rmSync(join(all, old), { recursive: true, force: true });
  }
  for (const name of names) {
    if (existsSync(join(folder, name))) continue;
    const making = join(all, `making-${process.pid}`);
    await bundleFunction(name, { folder: making, finish: false });
    if (!existsSync(join(folder, name))) renameSync(join(making, name), join(folder, name));
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

if (import.meta.main) {
  const all = [...Object.keys(readTopology().functions), ...jobs];
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`No function ${unknown.join(', ')}. There are: ${all.join(', ')}`);
    process.exit(1);
  }
  for (const name of asked.length > 0 ? asked : all) console.log(relative(root, await bundleFunction(name)));
}
