/**
 * Run by a script's child process before it loads anything of a language: takes away the network, other processes and the loading of
 * code, and then tries what must not work. Node's permission model (files, processes, workers, addons), the ban on code from strings and, where
 * it can be had, an own network namespace are set by the flags that the server starts the child with; this is the rest and the proof.
 */
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import module, { registerHooks, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';

/** What is open although it must not be; empty when the child is safe. */
export function lockDown(): readonly string[] {
  const environment = Object.keys(process.env).filter((name) => name !== '__CF_USER_TEXT_ENCODING');
  process.env.TZ = 'UTC';
  sealNetwork();
  sealProcess();
  replaceAll(vm, [
    'createContext',
    'runInContext',
    'runInNewContext',
    'runInThisContext',
    'compileFunction',
    'Script',
    'SourceTextModule',
  ]);
  syncBuiltinESMExports();
  removeGlobals();
  return [...(environment.length > 0 ? ['the environment is not empty'] : []), ...openDoors()];
}

/** After this no module can be loaded, built in or not. */
export function sealLoading(): void {
  registerHooks({
    resolve(specifier) {
      throw new Error(`${specifier.slice(0, 100)} cannot be loaded here`);
    },
  });
}

function refuse(): never {
  throw new Error('not available in scripts');
}

function sealNetwork(): void {
  replaceAll(net.Socket.prototype, ['connect']);
  replaceAll(net.Server.prototype, ['listen']);
  replaceAll(dgram.Socket.prototype, ['bind', 'send', 'connect', 'addMembership']);
  replaceAll(net, ['connect', 'createConnection', 'createServer']);
  replaceAll(dgram, ['createSocket']);
  for (const target of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
    replaceAll(target, queries(target));
}

function queries(target: object): string[] {
  return Reflect.ownKeys(target).filter(
    (name): name is string => typeof name === 'string' && /^(lookup|resolve|reverse)/.test(name),
  );
}

function sealProcess(): void {
  replaceAll(process, [
    'kill',
    'abort',
    'dlopen',
    'chdir',
    'getBuiltinModule',
    '_kill',
    '_debugProcess',
    '_debugEnd',
    '_linkedBinding',
  ]);
  // Pyodide asks for the constants of the file system; nothing else of this may be had.
  Object.defineProperty(process, 'binding', { value: () => ({ fs: { ...fs.constants } }) });
}

const removed = [
  'fetch',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'BroadcastChannel',
  'Worker',
  'Request',
  'Response',
  'navigator',
  'localStorage',
  'sessionStorage',
];

function removeGlobals(): void {
  for (const name of removed) Reflect.deleteProperty(globalThis, name);
}

function replaceAll(target: object, names: readonly string[]): void {
  for (const name of names) {
    if (name in target) Object.defineProperty(target, name, { value: refuse, writable: false, configurable: false });
  }
}

function openDoors(): string[] {
  const doors: readonly (readonly [string, () => unknown])[] = [
    ['files can be read', () => fs.readFileSync('/proc/self/environ')],
    ['the working folder can be listed', () => fs.readdirSync('.')],
    ['files can be written', () => fs.writeFileSync('probe', '')],
    ['processes can be started', () => throwResult(childProcess.spawnSync(process.execPath, ['--version']).error)],
    ['threads can be started', () => new workerThreads.Worker('', { eval: true })],
    ['code can be made from text', () => Reflect.construct(Function, ['return 1'])],
    ['the network can be reached', () => net.connect(9, '127.0.0.1')],
    ['names can be resolved', () => dns.lookup('localhost', () => undefined)],
    ['signals can be sent', () => process.kill(process.ppid, 0)],
    ['addons can be loaded', () => module.createRequire(import.meta.url)('./probe.node')],
  ];
  return doors.filter(([, open]) => succeeds(open)).map(([what]) => what);
}

function throwResult(error: Error | undefined): void {
  if (error) throw error;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false; // refused, as it must be
  }
}
