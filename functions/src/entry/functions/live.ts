/**
 * The API again, for connections that stay: WebSockets, which Hosting does not carry, and event streams, which it cuts off after a minute. Reached
 * by an address of its own (POST /v1/live/ticket tells it), so that they take no places from the requests of `api`.
 */
import { createApi } from '../../api/create-api.ts';
import { createStreamLimit } from '../../api/live/stream-limit.ts';
import { createNodeListener } from '../../api/node-listener.ts';
import { streamLimitsOf } from '../../config/live-variables.ts';
import { ratesOf } from '../../config/request-variables.ts';
import { createCloudMaintenance } from '../cloud/cloud-maintenance.ts';
import { serveFunction } from '../cloud/serve-function.ts';
import type { Gcp } from '../compose-gcp.ts';
import { graphqlSettings } from '../graphql-settings.ts';
import { requestLimits } from '../request-limits.ts';
import { socketDoors } from '../socket-doors.ts';

async function open(gcp: Gcp) {
  const { app, identity, keyRing, config } = gcp;
  const limits = await requestLimits(ratesOf(config));
  const graphql = await graphqlSettings(config);
  const streams = createStreamLimit(streamLimitsOf(config));
  const corsOrigins = config.AUTOMATEOS_CORS_ORIGINS;
  const trustedProxies = config.AUTOMATEOS_TRUSTED_PROXIES;
  const maintenance = createCloudMaintenance(gcp);
  const api = createApi({ app, identity, keyRing, maintenance, limits, corsOrigins, graphql, streams });
  return {
    listener: createNodeListener(api, trustedProxies),
    doors: socketDoors({ app, identity, keyRing, maintenance, streams, limits, trustedProxies, corsOrigins, graphql }),
  };
}

serveFunction('live', open, { sockets: true });
