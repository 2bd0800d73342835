/**
 * One cloud function as a process of functions-framework. It is composed while the framework starts; on SIGTERM it takes no more requests, hands
 * its branches back at their next checkpoint, and ends with 0. A configuration that cannot be used ends the process with a line that names the variable.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { http } from '@google-cloud/functions-framework';
import { createUpgradeListener, type SocketDoors, type UpgradeListener } from '../../api/live/upgrade-listener.ts';
import { readCloudConfig } from '../../config/cloud-config.ts';
import { ConfigError } from '../../config/variable-kinds.ts';
import { composeGcp, type Gcp } from '../compose-gcp.ts';
import { guardNextServer } from './front-guard.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `doors`: the WebSockets that it answers beside its requests. The framework knows none; the server, which is ours, does. */
type Served = { readonly listener: Listener; readonly doors: SocketDoors };

type Open = (gcp: Gcp) => Promise<Listener | Served> | Listener | Served;

/** Cloud Run ends the process ten seconds after SIGTERM: so long for requests, and then for what is to be sent and closed. */
const drainMs = 8_000;
const closeMs = 1_500;

/** `sockets`: `open` answers with doors. */
export function serveFunction(name: string, open: Open, { sockets = false }: { readonly sockets?: boolean } = {}): void {
  const opening = start(name, open);
  let active = 0;
  let idle = (): void => {};
  const listener: Listener = async (request, response) => {
    active += 1;
    try {
      const { gcp, listener: handle } = await opening;
      const age = performance.now();
      await handle(request, response);
      gcp.firstRequest(age);
      // late for a platform that takes the CPU away with the answer; what is left goes with the next request
      await gcp.app.telemetry.flush();
    } finally {
      active -= 1;
      if (active === 0) idle();
    }
  };

  const end = async (server: Server): Promise<void> => {
    const { gcp, upgrades } = await opening;
    gcp.drain();
    server.close();
    server.closeIdleConnections();
    await upgrades?.close();
    if (active > 0) await Promise.race([new Promise<void>((resolve) => (idle = resolve)), sleep(drainMs)]);
    // what cannot be closed in time ends with the process: hints that were not sent are the sweep's
    const failed = (error: unknown) => gcp.app.logger.warn('close-failed', { reason: String(error) });
    await Promise.race([gcp.close().catch(failed), sleep(closeMs)]);
    process.exit(0);
  };

  guardNextServer({
    listener,
    listening(server) {
      // the first client's request may have started the process: it waits as a plain one would
      const accept: UpgradeListener['accept'] = (request, socket, head) => {
        void opening.then(({ upgrades }) => (upgrades === null ? socket.destroy() : upgrades.accept(request, socket, head)));
      };
      if (sockets) server.on('upgrade', accept);
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        // the framework's own would end the process with its requests under way
        process.removeAllListeners(signal);
        process.once(signal, () => void end(server));
      }
    },
  });
  http(name, listener);
}

type Opened = { readonly gcp: Gcp; readonly listener: Listener; readonly upgrades: UpgradeListener | null };

async function start(name: string, open: Open): Promise<Opened> {
  try {
    const gcp = await composeGcp(readCloudConfig(), name);
    const served = await open(gcp);
    if (typeof served === 'function') return { gcp, listener: served, upgrades: null };
    return { gcp, listener: served.listener, upgrades: createUpgradeListener(served.doors) };
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  }
}
