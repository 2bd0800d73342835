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

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ServerProcess = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it has printed, errors too. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Exit>;
};

export type ServerOptions = { readonly dataDir: string; readonly env?: Readonly<Record<string, string>> };

/** Resolves once it answers. Rejects with what it printed when it ends before. */
export async function startServerProcess({ dataDir, env = {} }: ServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, [entry], {
    env: {
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
  const printed = collect(child);
  const end = (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Exit> => {
    child.kill(signal);
    return exited;
  };
  const url = await printed.address(exited);
  const dispose = async (): Promise<void> => void (await end('SIGKILL'));
  return { url, pid: child.pid ?? 0, exited, output: printed.text, end, [Symbol.asyncDispose]: dispose };
}

function collect(child: ChildProcess): { text(): string; address(exited: Promise<Exit>): Promise<string> } {
  let text = '';
  let onText = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      onText();
    });
  }
  return {
    text: () => text,
    address: (exited) =>
      new Promise((resolve, reject) => {
        onText = () => {
          const address = /AutomateOS runs at (http:\S+)/.exec(text)?.[1];
          if (address !== undefined) resolve(address);
        };
        exited.then(({ code, signal }) => reject(new Error(`The server ended with ${code ?? signal}: ${text}`)), reject);
      }),
  };
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
