/** The WebSockets that a server answers, wherever it runs: one line per path, each door loaded with its first client. */
import type { Identity } from '@automateos/shared/ports/identity';
import type { SocketDoors } from '../api/live/upgrade-listener.ts';
import type { App } from '../app/app-context.ts';

export type SocketDoorsOptions = {
  readonly app: App;
  readonly identity: Identity;
  /** Proxies in front whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
};

export function socketDoors(_options: SocketDoorsOptions): SocketDoors {
  return {};
}
