/**
 * `{organization}.{invitation}.{secret}`: it says where to look, the secret is what counts, and only its digest is stored. Whatever does not
 * lead to an open invitation is told apart for nobody.
 */
import { type Invitation, Invitation as InvitationModel } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { sameBytes } from '../webhooks/constant-time.ts';

const pattern = /^(org_[A-Za-z0-9]{1,64})\.(inv_[0-9a-z]{1,64})\.([0-9a-z]{48})$/;

export type NewToken = { readonly token: string; readonly digest: string };

export function newInvitationToken(app: App, org: string, id: string): NewToken {
  const secret = `${app.ids.make('').slice(1)}${app.ids.make('').slice(1)}`;
  return { token: `${org}.${id}.${secret}`, digest: invitationDigest(secret) };
}

export type OpenInvitation = { readonly invitation: Invitation; readonly snapshot: Snapshot };

/** Throws LINK_INVALID for what is unknown, used, revoked or too old. */
export async function findInvitation(app: App, token: string): Promise<OpenInvitation> {
  const [, org = '', id = '', secret = ''] = pattern.exec(token) ?? [];
  const snapshot = id === '' ? null : await app.store.get(paths.invitation(org, id));
  if (snapshot === null) throw invalidInvitation();
  const invitation = InvitationModel.parse(snapshot.data);
  const isRight = sameBytes(Buffer.from(invitationDigest(secret)), Buffer.from(invitation.digest));
  if (!isRight || fromInstant(invitation.expiresAt) <= app.clock.now()) throw invalidInvitation();
  return { invitation, snapshot };
}

export function invalidInvitation(): AppError {
  return new AppError('LINK_INVALID', { what: 'invitation' });
}

function invitationDigest(secret: string): string {
  return digest('invitation', secret);
}
