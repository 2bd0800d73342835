/** What Firebase Hosting is in the cloud: one address that routes by firebase.json's rewrites to the functions, and else to the console's files. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { forward, forwardUpgrade, unavailable } from './forward.ts';

const Rewrite = z.object({
  source: z.string(),
  run: z.object({ serviceId: z.string() }).optional(),
  function: z.union([z.string(), z.object({ functionId: z.string() })]).optional(),
  destination: z.string().optional(),
});
const FirebaseJson = z.object({ hosting: z.object({ rewrites: z.array(Rewrite) }) });

type Rule = { readonly matches: RegExp; readonly service: string };

/** The rewrites that lead to a function, in their order; the first that matches counts. */
export function readRules(text = readFileSync(join(import.meta.dirname, '../../firebase.json'), 'utf8')): readonly Rule[] {
  const { hosting } = FirebaseJson.parse(JSON.parse(text));
  return hosting.rewrites.flatMap(({ source, run, function: target }) => {
    const service = run?.serviceId ?? (typeof target === 'string' ? target : target?.functionId);
    return service === undefined ? [] : [{ matches: globPattern(source), service }];
  });
}

/** Hosting's globs as far as firebase.json uses them: `**` any rest, `*` within a segment. */
export function globPattern(glob: string): RegExp {
  const pattern = glob
    .split(/(\/\*\*$|\*\*|\*)/)
    .map((part) =>
      part === '/**' ? '(?:/.*)?' : part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`);
}

export type FrontOptions = {
  readonly rules: readonly Rule[];
  /** Port of the service with this id; undefined where there is none. */
  readonly portOf: (service: string) => number | undefined;
  /** Port that serves the console's files; null where it is not there. */
  readonly files: number | null;
  /**
   * Port of what answers WebSockets where this front is the only address that is reached (containers). Hosting carries none, so absent
   * elsewhere.
   */
  readonly sockets?: number | undefined;
};

export function createFront({ rules, portOf, files, sockets }: FrontOptions): Server {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const rule = rules.find(({ matches }) => matches.test(path));
    const port = rule === undefined ? files : (portOf(rule.service) ?? null);
    const earlier = request.headers['x-forwarded-for'];
    const hops = [...(earlier === undefined ? [] : [String(earlier)]), request.socket.remoteAddress ?? 'unknown'].join(', ');
    const passed = port !== null && (await forward(request, response, { port, headers: { 'x-forwarded-for': hops } }));
    if (!passed) unavailable(response);
  }
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    void handle(request, response);
  });
  server.keepAliveTimeout = 65_000;
  if (sockets !== undefined) {
    server.on('upgrade', (request, socket, head) => {
      const passed = forwardUpgrade(request, socket, head, { port: sockets });
      void passed.then((isPassed) => isPassed || socket.destroy());
    });
  }
  return server;
}
