/** Credentials are written and never read back: what was sent is sealed before the commit, and answers name only what is held. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import {
  type Credential,
  type CredentialData,
  checkCredentialData,
  credentialNamePath,
  readCredential,
  requireKnownKind,
  sealCredential,
} from './credential.ts';
import { credentialKindsOf, credentialTypesOf } from './credential-types.ts';
import { type CredentialUse, usesOf } from './used-by.ts';

export type NewCredential = {
  readonly name: string;
  readonly kind: string;
  readonly data: CredentialData;
  readonly allowedHosts?: readonly string[] | undefined;
};

/** Throws CONFLICT when the name is taken, INVALID_PARAMS. */
export async function createCredential(app: App, principal: Principal, request: NewCredential): Promise<Credential> {
  requirePermission(principal, 'credentials.write');
  requireKnownKind(request.kind, credentialKindsOf(app.nodeTypes));
  checkCredentialData(credentialTypesOf(app.nodeTypes).get(request.kind), request.data);
  const { org } = principal;
  const id = app.ids.make('crd');
  const path = paths.credential(org, id);
  const now = toInstant(app.clock.now());
  const credential: Credential = {
    ...{ id, org, name: request.name.normalize('NFC'), kind: request.kind },
    fields: Object.keys(request.data),
    sealed: await sealCredential(app, path, 1, request.data),
    revision: 1,
    ...(request.allowedHosts === undefined ? {} : { allowedHosts: [...request.allowedHosts] }),
    ...{ createdAt: now, createdBy: principal.userId, updatedAt: now },
  };
  const target = { kind: 'credential', id, name: credential.name };
  const result = await app.store.commit([
    { kind: 'create', path, data: asDocument(credential) },
    { kind: 'create', path: credentialNamePath(org, credential.name), data: { credentialId: id } },
    auditWrite(app, principal, 'credential.created', target, {}, { before: null, after: credential }),
  ]);
  if (!result.ok) throw taken(credential.name);
  return credential;
}

export type CredentialChange = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly data?: CredentialData | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
  readonly expected?: Expected<Credential>;
};

/** Throws PRECONDITION_FAILED. Replaces the data as a whole, tokens that came by it included. The kind stays: nodes rely on it. */
export async function putCredential(app: App, principal: Principal, change: CredentialChange): Promise<Credential> {
  requirePermission(principal, 'credentials.write');
  return decideAgain(() => putOnce(app, principal, change));
}

async function putOnce(app: App, principal: Principal, change: CredentialChange): Promise<Credential> {
  const { org } = principal;
  const { credential, row } = await readCredential(app, org, change.id);
  requireOwn(credential);
  requireUnchanged(change.expected, credential);
  if (change.data !== undefined) checkCredentialData(credentialTypesOf(app.nodeTypes).get(credential.kind), change.data);
  const name = change.name?.normalize('NFC') ?? credential.name;
  const changed: Credential = {
    ...(change.data === undefined ? credential : await withData(app, row.path, credential, change.data)),
    name,
    ...(change.allowedHosts === undefined ? {} : { allowedHosts: [...change.allowedHosts] }),
    updatedAt: toInstant(app.clock.now()),
  };
  const renamed: Write[] =
    name === credential.name
      ? []
      : [
          { kind: 'create', path: credentialNamePath(org, name), data: { credentialId: credential.id } },
          { kind: 'delete', path: credentialNamePath(org, credential.name) },
        ];
  const target = { kind: 'credential', id: credential.id, name };
  const result = await app.store.commit([
    { kind: 'update', path: row.path, data: asDocument(changed), version: row.version },
    ...renamed,
    auditWrite(app, principal, 'credential.changed', target, {}, { before: row.data, after: changed }),
  ]);
  if (result.ok) return changed;
  throw result.path === row.path ? new Outrun('credential') : taken(name);
}

async function withData(app: App, path: string, credential: Credential, data: CredentialData): Promise<Credential> {
  const { grant: _, ...rest } = credential;
  const revision = (credential.revision ?? 0) + 1;
  return { ...rest, fields: Object.keys(data), sealed: await sealCredential(app, path, revision, data), revision };
}

/** Without `force` a credential that workflows refer to stays: CONFLICT names them. Their steps would fail with CREDENTIAL_NOT_FOUND. */
export async function deleteCredential(
  app: App,
  principal: Principal,
  id: string,
  { force = false, expected }: { readonly force?: boolean; readonly expected?: Expected<Credential> } = {},
): Promise<void> {
  requirePermission(principal, 'credentials.write');
  const { credential, row } = await readCredential(app, principal.org, id);
  requireOwn(credential);
  requireUnchanged(expected, credential);
  const { items } = force ? { items: [] } : await usesOf(app, principal.org, credential);
  if (items.length > 0) throw inUse(items);
  const target = { kind: 'credential', id, name: credential.name };
  const result = await app.store.commit([
    { kind: 'delete', path: row.path, version: row.version },
    { kind: 'delete', path: credentialNamePath(principal.org, credential.name) },
    auditWrite(app, principal, 'credential.deleted', target, {}, { before: row.data, after: null }),
  ]);
  if (!result.ok)
    throw new AppError('CONFLICT', { reason: 'It was changed at the same moment: read it again, and decide anew.' });
}

function inUse(uses: readonly CredentialUse[]): AppError {
  const names = [...new Set(uses.map(({ name }) => name))];
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return new AppError('CONFLICT', { reason: `It is used by ${shown}. Send force=true to delete it all the same.` });
}

function requireOwn({ name, source }: Credential): void {
  if (source !== 'environment') return;
  throw new AppError('CONFLICT', { reason: `${name} comes from the server's environment and is changed there.` });
}

function taken(name: string): AppError {
  return new AppError('CONFLICT', { reason: `A credential named ${name} exists already.` });
}
