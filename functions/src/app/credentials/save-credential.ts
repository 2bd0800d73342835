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
import { manifestsOf } from '../manifests-of.ts';
import { knownKinds } from './check-credentials.ts';
import {
  type Credential,
  type CredentialData,
  checkCredentialData,
  credentialNamePath,
  readCredential,
  requireKnownKind,
  sealCredential,
} from './credential.ts';

export type NewCredential = { readonly name: string; readonly kind: string; readonly data: CredentialData };

/** Throws CONFLICT when the name is taken, INVALID_PARAMS. */
export async function createCredential(app: App, principal: Principal, request: NewCredential): Promise<Credential> {
  requirePermission(principal, 'credentials.write');
  requireKnownKind(request.kind, knownKinds(manifestsOf(app.nodeTypes)));
  checkCredentialData(request.kind, request.data);
  const { org } = principal;
  const id = app.ids.make('crd');
  const path = paths.credential(org, id);
  const now = toInstant(app.clock.now());
  const credential: Credential = {
    ...{ id, org, name: request.name.normalize('NFC'), kind: request.kind },
    fields: Object.keys(request.data),
    sealed: await sealCredential(app, path, request.data),
    ...{ createdAt: now, createdBy: principal.userId, updatedAt: now },
  };
  const target = { kind: 'credential', id, name: credential.name };
  const result = await app.store.commit([
    { kind: 'create', path, data: asDocument(credential) },
    { kind: 'create', path: credentialNamePath(org, credential.name), data: { credentialId: id } },
    auditWrite(app, principal, 'credential.created', target),
  ]);
  if (!result.ok) throw taken(credential.name);
  return credential;
}

export type CredentialChange = {
  readonly id: string;
  readonly name?: string | undefined;
  readonly data?: CredentialData | undefined;
};

/** Replaces the data as a whole. The kind stays: nodes rely on it. */
export async function putCredential(app: App, principal: Principal, change: CredentialChange): Promise<Credential> {
  requirePermission(principal, 'credentials.write');
  return decideAgain(() => putOnce(app, principal, change));
}

async function putOnce(app: App, principal: Principal, change: CredentialChange): Promise<Credential> {
  const { org } = principal;
  const { credential, row } = await readCredential(app, org, change.id);
  if (change.data !== undefined) checkCredentialData(credential.kind, change.data);
  const name = change.name?.normalize('NFC') ?? credential.name;
  const changed: Credential = {
    ...credential,
    name,
    fields: change.data === undefined ? credential.fields : Object.keys(change.data),
    sealed: change.data === undefined ? credential.sealed : await sealCredential(app, row.path, change.data),
    updatedAt: toInstant(app.clock.now()),
  };
  const renamed: Write[] =
    name === credential.name
      ? []
      : [
          { kind: 'create', path: credentialNamePath(org, name), data: { credentialId: credential.id } },
          { kind: 'delete', path: credentialNamePath(org, credential.name) },
        ];
  const result = await app.store.commit([
    { kind: 'update', path: row.path, data: asDocument(changed), version: row.version },
    ...renamed,
    auditWrite(app, principal, 'credential.changed', { kind: 'credential', id: credential.id, name }),
  ]);
  if (result.ok) return changed;
  throw result.path === row.path ? new Outrun('credential') : taken(name);
}

/** Steps that still refer to it fail with CREDENTIAL_NOT_FOUND. */
export async function deleteCredential(app: App, principal: Principal, id: string): Promise<void> {
  requirePermission(principal, 'credentials.write');
  const { credential, row } = await readCredential(app, principal.org, id);
  await app.store.commit([
    { kind: 'delete', path: row.path },
    { kind: 'delete', path: credentialNamePath(principal.org, credential.name) },
    auditWrite(app, principal, 'credential.deleted', { kind: 'credential', id, name: credential.name }),
  ]);
}

function taken(name: string): AppError {
  return new AppError('CONFLICT', { reason: `A credential named ${name} exists already.` });
}
