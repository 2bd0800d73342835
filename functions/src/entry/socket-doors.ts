/** The WebSockets that a server answers, wherever it runs: one line per path, each door loaded with its first client. */
import type { Identity } from '@automateos/shared/ports/identity';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import type { GraphqlSettings } from '../api/graphql/graphql-settings.ts';
import type { RequestLimits } from '../api/http/request-limits.ts';
import type { StreamLimit } from '../api/live/stream-limit.ts';
import type { SocketDoors } from '../api/live/upgrade-listener.ts';
import type { Maintenance } from '../app/admin/maintenance.ts';
import type { App } from '../app/app-context.ts';

export type SocketDoorsOptions = {
  readonly app: App;
  readonly identity: Identity;
  readonly maintenance: Maintenance;
  /** Signs the cursors of lists. */
  readonly keyRing: KeyRing;
  /** Absent: requests are not limited. */
  readonly limits?: RequestLimits | undefined;
  readonly graphql: GraphqlSettings;
  /** Places that WebSocket subscriptions share with server-sent events. */
  readonly streams: StreamLimit;
  /** Proxies in front whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  /** Origins beside the server's own whose pages may connect. */
  readonly corsOrigins: readonly string[];
};

export function socketDoors(options: SocketDoorsOptions): SocketDoors {
  return {
    '/v1/live': async () => (await import('../api/live/live-door.ts')).createLiveDoor(options),
    '/graphql': async () => (await import('../api/graphql/graphql-socket-door.ts')).createGraphqlSocketDoor(options),
  };
}
