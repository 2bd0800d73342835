/**
 * A child with the flags and the lock-down of a script's, in which a test has what no script has: all of JavaScript. It tries what a script
 * that broke out of its language would try, and prints what worked.
 */
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import { lockDown, sealLoading } from './child-lockdown.ts';

const port = Number(process.argv[2]);
const socketPath = process.argv[3] ?? '';
const keptProcess = process;
const keptFetch = globalThis.fetch;
const KeptWebSocket = globalThis.WebSocket;
const require = createRequire(import.meta.url);

const open = lockDown();
sealLoading();
const worked: string[] = [...open];

async function attempt(name: string, action: () => unknown): Promise<void> {
  try {
    const result = await action();
    worked.push(`${name}: ${String(result).slice(0, 100)}`);
  } catch {
    // refused, as it must be
  }
}

const exchange = (socket: { once(event: string, listener: (value: unknown) => void): unknown }): Promise<unknown> =>
  new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('response', resolve);
    socket.once('message', resolve);
    socket.once('error', reject);
  });

await attempt('read a file', () => fs.readFileSync('/etc/passwd', 'utf8'));
await attempt('read through a promise', () => fs.promises.readFile('/etc/passwd', 'utf8'));
await attempt('open a file', () => fs.openSync('/etc/passwd', 'r'));
await attempt('read the environment of the server', () => fs.readFileSync(`/proc/${keptProcess.ppid}/environ`));
await attempt('climb out of the readable folder', () => fs.readFileSync(`${import.meta.dirname}/../../../../package.json`));
await attempt('list the root', () => fs.readdirSync('/'));
await attempt('write', () => fs.writeFileSync('/tmp/automateos-hostile', 'x'));
await attempt('link', () => fs.symlinkSync('/etc/passwd', 'link'));
await attempt('spawn', () => {
  const { error, status } = childProcess.spawnSync('/bin/true');
  if (error) throw error;
  return status;
});
await attempt('exec', () => childProcess.execSync('id'));
await attempt('fork', () => childProcess.fork(import.meta.filename));
await attempt('thread', () => new workerThreads.Worker('1', { eval: true }));
await attempt('kill the server', () => keptProcess.kill(keptProcess.ppid, 0));
await attempt('debug the server', () => Reflect.get(keptProcess, '_debugProcess')(keptProcess.ppid));
await attempt('dlopen', () => keptProcess.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'));
await attempt('binding', () => Reflect.get(keptProcess, 'binding')('tcp_wrap').TCP.name);
await attempt('linked binding', () => Reflect.get(keptProcess, '_linkedBinding')('tcp_wrap'));
await attempt('built-in module', () => keptProcess.getBuiltinModule('node:child_process'));
await attempt('import', () => import('node:inspector'));
await attempt('require', () => require('node:inspector'));
await attempt('Function', () => Reflect.construct(Function, ['return 1']));
await attempt('vm', () => vm.runInThisContext('process.pid'));
await attempt('vm in a new context', () => vm.runInNewContext('1'));
await attempt('net.connect', () => exchange(net.connect(port, '127.0.0.1')));
await attempt('new Socket', () => exchange(new net.Socket().connect(port, '127.0.0.1')));
await attempt('local socket', () => exchange(net.connect(socketPath)));
await attempt('tls', () => exchange(tls.connect(port, '127.0.0.1')));
await attempt('http', () => exchange(http.get(`http://127.0.0.1:${port}/`)));
await attempt('fetch', () => keptFetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) }));
await attempt('WebSocket', () => {
  const socket = new KeptWebSocket(`ws://127.0.0.1:${port}/`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
});
await attempt('udp', () => dgram.createSocket('udp4'));
await attempt('listen', () => new net.Server().listen(0));
await attempt('dns', () => dns.promises.resolve4('localhost'));
await attempt('lookup', () => dns.promises.lookup('localhost'));
await attempt('resolver', () => new dns.Resolver().resolve4('localhost', () => undefined));

fs.writeSync(1, `${JSON.stringify(worked)}\n`);
keptProcess.exit(0);
