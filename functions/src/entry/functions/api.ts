/** The API: REST, live events by SSE, health. Hosting's rewrites lead here. */
import { createApi } from '../../api/create-api.ts';
import { createStreamLimit } from '../../api/live/stream-limit.ts';
import { createNodeListener } from '../../api/node-listener.ts';
import { streamLimitsOf } from '../../config/live-variables.ts';
import { ratesOf } from '../../config/request-variables.ts';
import { createCloudMaintenance } from '../cloud/cloud-maintenance.ts';
import { serveFunction } from '../cloud/serve-function.ts';
import { graphqlSettings } from '../graphql-settings.ts';
import { requestLimits } from '../request-limits.ts';

serveFunction('api', async (gcp) => {
  const { app, identity, keyRing, config } = gcp;
  const api = createApi({
    ...{ app, identity, keyRing, maintenance: createCloudMaintenance(gcp) },
    limits: await requestLimits(ratesOf(config)),
    corsOrigins: config.AUTOMATEOS_CORS_ORIGINS,
    graphql: await graphqlSettings(config),
    streams: createStreamLimit(streamLimitsOf(config)),
  });
  return createNodeListener(api, config.AUTOMATEOS_TRUSTED_PROXIES);
});
