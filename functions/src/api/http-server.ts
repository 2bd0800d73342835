/**
 * The listener of the embedded server. Webhooks go first and past everything else; then the API; then the console's files. Slow and
 * oversized requests are cut off by node itself (server-limits.ts).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Api } from './create-api.ts';
import { asksForWebSocket, type UpgradeListener } from './live/upgrade-listener.ts';
import type { NodeListener } from './node-listener.ts';
import { limitServer, serverOptions } from './server-limits.ts';
import type { StaticFiles } from './static-files.ts';

/** Not imported: an import reads every export, and that of `WebSocket` loads the whole of node's undici (13 MB), which nothing here uses. */
const { createServer } = process.getBuiltinModule('node:http');

/** True when it has taken the request. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export type HttpServerOptions = {
  readonly api: Api;
  readonly hooks?: RawHandler;
  readonly console?: StaticFiles;
  /** Takes what asks to become a WebSocket; without it such requests are plain ones. */
  readonly upgrades?: UpgradeListener;
  /** Proxies in front whose X-Forwarded-For is believed; 0 = the peer is the client. */
  readonly trustedProxies?: number;
};

export function createHttpServer(options: HttpServerOptions): Server {
  const { api, hooks } = options;
  let listener: Promise<NodeListener> | undefined;
  /** Loaded with the first request that is no webhook: a server that only runs workflows has no use for it. */
  const toApi = async (request: IncomingMessage, response: ServerResponse) => {
    listener ??= loadListener(api, options.trustedProxies ?? 0);
    await (await listener)(request, response);
  };
  const { upgrades } = options;
  const shouldUpgradeCallback = (request: IncomingMessage) => upgrades !== undefined && asksForWebSocket(request);
  const server = createServer({ ...serverOptions, shouldUpgradeCallback }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // what comes here failed outside every door: the client is gone, or the raw handler broke its promise not to throw
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  limitServer(server);
  if (upgrades !== undefined) server.on('upgrade', upgrades.accept);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (hooks !== undefined && isHook(path) && (await hooks(request, response))) return;
    if (options.console !== undefined && isPage(request, path) && (await sendFile(options.console, request, response, path)))
      return;
    await toApi(request, response);
  }
  return server;
}

async function loadListener(api: Api, trustedProxies: number): Promise<NodeListener> {
  const { createNodeListener } = await import('./node-listener.ts');
  return createNodeListener(api, trustedProxies);
}

function isHook(path: string): boolean {
  return path.startsWith('/hooks/') || path.startsWith('/hooks-test/');
}

function isPage(request: IncomingMessage, path: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return !/^\/(v1|docs|graphql|mcp|hooks|hooks-test|healthz|readyz|openapi\.json|metrics)(\/|$)/.test(path);
}

async function sendFile(files: StaticFiles, request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
  const found = await files.find(decodePath(path), request.headers.accept?.includes('text/html') ?? false);
  if (found === null) return false;
  response.writeHead(found.status, { ...found.headers, 'content-length': found.body.length });
  response.end(request.method === 'HEAD' ? undefined : found.body);
  return true;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // not an encoded path: it names no file
  }
}
