/** What every server of ours allows a caller, enforced by node itself before any of our code runs: slow and oversized requests are cut off. */
import type { Server, ServerOptions } from 'node:http';

/** Headers of a request, bytes in all. */
const headerLimitBytes = 32 * 1024;

export const serverOptions: ServerOptions = { maxHeaderSize: headerLimitBytes, requireHostHeader: true };

/** Headers within 10 s, whole requests within two minutes. */
export function limitServer(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 120_000;
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 200;
  server.maxRequestsPerSocket = 0;
}
