/** An API fixture whose owner's organization has something of every kind, with an eye on its audit log. */
import { type ApiFixture, createApiFixture, ownerEmail } from '../api-fixture.ts';
import { createHanging } from '../crash-steps.ts';
import { createTenant, type Tenant } from '../matrix/tenant.ts';
import { type LogWatch, watchLog } from './log-watch.ts';

export type WatchedHome = { readonly fixture: ApiFixture; readonly home: Tenant; readonly watch: LogWatch };

export async function createWatchedHome(): Promise<WatchedHome> {
  const fixture = await createApiFixture();
  const hanging = createHanging();
  fixture.app.effects.behave = hanging.hang;
  const { org, userId } = fixture.owner.principal;
  const { token } = fixture;
  const home = await createTenant({ fixture, hanging, org, owner: { userId, email: ownerEmail }, token, canary: 'canary-home' });
  return { fixture, home, watch: watchLog(fixture) };
}
