/** The API: REST, live events by SSE, health. Hosting's rewrites lead here. */
import { createApi } from '../../api/create-api.ts';
import { createNodeListener } from '../../api/node-listener.ts';
import { createCloudMaintenance } from '../cloud/cloud-maintenance.ts';
import { serveFunction } from '../cloud/serve-function.ts';

serveFunction('api', (gcp) => {
  const { app, identity, keyRing, config } = gcp;
  const api = createApi({ app, identity, keyRing, maintenance: createCloudMaintenance(gcp) });
  return createNodeListener(api, config.AUTOMATEOS_TRUSTED_PROXIES);
});
