/**
 * The console's files, from one folder: hashed names for ever, index.html fresh each time and for every address of the console's own
 * router. Only what lies in the folder and was there at start is served: no path of a request reaches the file system.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { securityHeaders } from './http/security-headers.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

export type StaticFile = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type StaticFiles = {
  /** null when the path is not the console's. */
  find(path: string, acceptsHtml: boolean): Promise<StaticFile | null>;
};

export async function openStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.map')) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, path);
  }
  const index = files.get('/index.html');

  return {
    async find(path, acceptsHtml) {
      const exact = path === '/' ? index : files.get(path);
      if (exact !== undefined) return file(exact, isHashed(path));
      // an address of the router has no extension; a missing script must not become a page
      if (index === undefined || !acceptsHtml || extname(path) !== '') return null;
      return file(index, false);
    },
  };
}

/** The build puts a hash into the names in /assets. */
function isHashed(path: string): boolean {
  return path.startsWith('/assets/');
}

async function file(path: string, hashed: boolean): Promise<StaticFile> {
  const headers = {
    ...securityHeaders('page'),
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  return { status: 200, headers, body: await readFile(path) };
}
