/** The one way in which endpoints change: all of an organization under the version of their document, with the line of the audit log. */
import type { WebhookEndpoint } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { forgetEndpoints, readEndpoints } from './read-endpoints.ts';

export type EndpointsChange<T> = {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly audit: Write;
  /** What else the commit writes. */
  readonly writes?: readonly Write[];
  readonly result: T;
};

/** `change` answers null where there is nothing to change. */
export async function changeEndpoints<T>(
  app: App,
  org: string,
  change: (endpoints: readonly WebhookEndpoint[]) => EndpointsChange<T> | null,
): Promise<T | null> {
  const path = paths.webhookEndpoints(org);
  try {
    return await decideAgain(async () => {
      const { endpoints, version } = await readEndpoints(app, org);
      const changed = change(endpoints);
      if (changed === null) return null;
      const data = asDocument({ endpoints: changed.endpoints });
      const write: Write = version === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version };
      const result = await app.store.commit([write, changed.audit, ...(changed.writes ?? [])]);
      if (!result.ok) throw new Outrun('list of webhook endpoints');
      return changed.result;
    });
  } finally {
    forgetEndpoints(app, org);
  }
}
