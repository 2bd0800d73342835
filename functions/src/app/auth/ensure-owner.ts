/**
 * The first start makes the default organization and its owner. Safe to run at every start: what exists stays. The account is made
 * first, so that a crash in between leaves an account that the next start adopts.
 */

import type { User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { asDocument } from '../engine/as-document.ts';
import { newOrganization } from './new-organization.ts';

export type OwnerRequest = { readonly email?: string | undefined; readonly password?: string | undefined };

/** `password` is there only when it was generated just now: print it once, it is stored nowhere. */
export type EnsuredOwner = { readonly email: string; readonly password?: string; readonly principal: Principal };

export async function ensureOwner(app: App, identity: Identity, request: OwnerRequest): Promise<EnsuredOwner> {
  const existing = await readOwner(app);
  if (existing !== null) return existing;
  const email = request.email ?? 'owner@localhost';
  const password = request.password ?? app.ids.make('pw').slice(3, 23);
  const userId = await adoptAccount(identity, email, password);
  const owner = await createInstallation(app, { userId, email });
  return request.password === undefined ? { ...owner, password } : owner;
}

async function adoptAccount(identity: Identity, email: string, password: string): Promise<string> {
  const account = (await identity.createAccount(email, password)) ?? (await identity.signIn(email, password));
  if (account !== null) return account.userId;
  throw new AppError('CONFLICT', { reason: `An account ${email} exists with another password. Choose another address.` });
}

/** null before the first owner exists. */
export async function readOwner(app: App): Promise<EnsuredOwner | null> {
  const installation = await app.store.get(paths.installation);
  if (installation === null) return null;
  const { org, ownerId, ownerEmail } = installation.data;
  if (typeof org !== 'string' || typeof ownerId !== 'string' || typeof ownerEmail !== 'string') return null;
  return { email: ownerEmail, principal: { org, userId: ownerId, role: 'owner', via: 'system' } };
}

/** `since`: sessions issued from then on are valid, epoch ms; now when absent. */
export type InstallationAccount = { readonly userId: string; readonly email: string; readonly since?: number };

/** At most one installation: whoever comes second gets CONFLICT. */
export async function createInstallation(app: App, account: InstallationAccount): Promise<EnsuredOwner> {
  const { userId, email, since = app.clock.now() } = account;
  const now = toInstant(app.clock.now());
  const { belonging, writes } = newOrganization(app, { id: userId, email }, 'Default');
  const org = belonging.organization.id;
  const user: User = { id: userId, email, org, createdAt: now, sessionsValidFrom: toInstant(since) };
  const principal: Principal = { org, userId, role: 'owner', via: 'system' };
  const target = { kind: 'organization', id: org, name: belonging.organization.name };
  const result = await app.store.commit([
    { kind: 'create', path: paths.installation, data: { org, ownerId: userId, ownerEmail: email, createdAt: now } },
    ...writes,
    auditWrite(app, principal, 'organization.created', target, {}, { before: null, after: belonging.organization }),
    { kind: 'set', path: paths.user(userId), data: asDocument(user) },
  ]);
  if (!result.ok) throw new AppError('CONFLICT', { reason: 'This installation has an owner already.' });
  return { email, principal };
}
