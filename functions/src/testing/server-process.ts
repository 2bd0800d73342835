/**
 * The embedded server as a process of its own, on a free port: for tests of what only a process shows. `await using` kills it. The data
 * folder is the test's, so that a server can be started again on what another left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JsonValue } from '@automateos/shared/model/json';

export const owner = { email: 'owner@example.test', password: 'correct horse battery' };

const entry = join(import.meta.dirname, '../entry/embedded.ts');
/** As the launcher sets it: a quarter less work with each start. */
const compileCache = join(import.meta.dirname, '../../../node_modules/.cache/node-compile');

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ServerProcess = AsyncDisposable & {
  readonly pid: number;
  /** Its address, once it answers. Rejects with what it printed when it ends before. */
  readonly address: Promise<string>;
  readonly exited: Promise<Exit>;
  /** What it has printed, errors too. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Exit>;
};

export type ServerOptions = {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program that says `AutomateOS runs at ...`. */
  readonly program?: string;
};

export function spawnServer({ dataDir, env = {}, program = entry }: ServerOptions): ServerProcess {
  const child = spawn(process.execPath, [program], {
    env: {
      NODE_COMPILE_CACHE: compileCache,
      PORT: '0',
      AUTOMATEOS_DATA_DIR: dataDir,
      AUTOMATEOS_STARTER: 'off',
      AUTOMATEOS_OWNER_EMAIL: owner.email,
      AUTOMATEOS_OWNER_PASSWORD: owner.password,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
  const { text, address } = collect(child, exited);
  address.catch(() => {}); // who does not ask for the address does not mind that there is none
  const end = (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Exit> => {
    child.kill(signal);
    return exited;
  };
  const dispose = async (): Promise<void> => void (await end('SIGKILL'));
  return { pid: child.pid ?? 0, address, exited, output: text, end, [Symbol.asyncDispose]: dispose };
}

/** Resolves once it answers. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess & { readonly url: string }> {
  const server = spawnServer(options);
  return { ...server, url: await server.address };
}

function collect(child: ChildProcess, exited: Promise<Exit>): { text(): string; address: Promise<string> } {
  let text = '';
  let onText = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      onText();
    });
  }
  const address = new Promise<string>((resolve, reject) => {
    onText = () => {
      const found = /AutomateOS runs at (http:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    };
    exited.then(({ code, signal }) => reject(new Error(`The server ended with ${code ?? signal}: ${text}`)), reject);
  });
  return { text: () => text, address };
}

export type RestAnswer = { readonly status: number; readonly body: JsonValue };

export type RestCall = (
  method: string,
  path: string,
  body?: JsonValue,
  headers?: Readonly<Record<string, string>>,
) => Promise<RestAnswer>;

/** As the owner. A body that is text is YAML. */
export async function signIn(url: string): Promise<RestCall> {
  const { body } = await rest(url, 'POST', '/v1/auth/login', owner, {});
  const token = (body as { token: string }).token; // a sign-in that fails shows in every call
  return (method, path, data, headers = {}) => rest(url, method, path, data, { authorization: `Bearer ${token}`, ...headers });
}

async function rest(
  url: string,
  method: string,
  path: string,
  body: JsonValue | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<RestAnswer> {
  const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
  const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const sent = body === undefined ? headers : { 'content-type': type, ...headers };
  const response = await fetch(`${url}${path}`, { method, headers: sent, ...content });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as JsonValue) }; // JSON.parse makes nothing else
}
