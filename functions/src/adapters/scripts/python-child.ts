/**
 * The child process that runs Python, in Pyodide, once. Pyodide is no boundary: code in it can reach the objects of this process. What
 * holds is that this process has nothing to reach: see child-lockdown.ts, which has run and been proven before the script is read.
 */
import fs from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRequest, send, sendValue } from './child-channel.ts';
import { lockDown, sealLoading } from './child-lockdown.ts';
import { createLogCollector } from './log-collector.ts';
import { scriptLimits } from './script-limits.ts';

/** Node has it; the types of Node do not. */
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };
type WasmMemory = { readonly buffer: ArrayBuffer; grow(this: WasmMemory, pages: number): number };

type Pyodide = Awaited<ReturnType<typeof import('pyodide')['loadPyodide']>>;
type Answer = {
  readonly ok?: string;
  readonly failed?: {
    readonly kind: 'error' | 'memory';
    readonly message: string;
    readonly line?: number;
    readonly column?: number;
  };
};

const logs = createLogCollector(scriptLimits.logChars);

await serve();

async function serve(): Promise<void> {
  const runner = fs.readFileSync(fileURLToPath(new URL('./python-runner.py', import.meta.url)), 'utf8');
  limitMemory(scriptLimits.pythonMemoryBytes);
  // Pyodide's sockets would go through this package.
  registerHooks({ resolve: (specifier, context, next) => (specifier === 'ws' ? emptyModule : next(specifier, context)) });
  const open = lockDown();
  if (open.length > 0) {
    send({ type: 'unsafe', reason: open.join(', ') });
    return;
  }
  const python = await load();
  python.runPython(runner);
  const run: (request: string) => Promise<string> = python.globals.get('run');
  unregister(python);
  sealLoading();
  forgetHost();
  send({ type: 'ready' });

  const request = readRequest();
  if (request === null) return;
  answer(JSON.parse(await run(JSON.stringify(request))));
}

const emptyModule = { url: 'data:text/javascript,export default class {}', shortCircuit: true };

async function load(): Promise<Pyodide> {
  const { loadPyodide } = await import('pyodide');
  const folder = path.dirname(fileURLToPath(import.meta.resolve('pyodide')));
  const collect = { batched: (line: string) => logs.add(line) };
  const python = await loadPyodide({
    indexURL: `${folder}/`,
    jsglobals: {},
    env: { _: 'script', HOME: '/home/script', TZ: 'UTC', PYTHONHASHSEED: '0' },
  });
  python.setStdout(collect);
  python.setStderr(collect);
  python.setStdin({ error: true });
  return python;
}

/** Emscripten grows its memory by this call, whatever the size that the module was built for. */
function limitMemory(bytes: number): void {
  const { prototype } = WebAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function limited(pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > bytes) throw new RangeError('the memory limit is reached');
    return grow.call(this, pages);
  };
}

/** Takes away what Python's modules hold of JavaScript. Not the boundary, but whoever wants out should have to work for it. */
function unregister(python: Pyodide): void {
  for (const name of ['js', 'pyodide_js']) python.unregisterJsModule(name);
  python.runPython(`
import sys, pyodide._package_loader
for name in [name for name in sys.modules if name.split('.')[0] in ('js', 'pyodide_js')]:
    del sys.modules[name]
del pyodide._package_loader.loadedPackages, sys
`);
}

function forgetHost(): void {
  for (const name of ['process', 'console', 'Buffer', 'require', 'module', 'loadPyodide'])
    Reflect.deleteProperty(globalThis, name);
}

function answer({ ok, failed }: Answer): void {
  const lines = logs.lines();
  if (ok !== undefined && ok.length > scriptLimits.outputChars)
    send({ type: 'failed', kind: 'output-too-large', message: '', logs: [...lines] });
  else if (ok !== undefined) sendValue(ok, lines);
  else send({ type: 'failed', kind: 'broken', message: 'no answer', ...failed, logs: [...lines] });
}
