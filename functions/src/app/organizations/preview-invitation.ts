/**
 * What an invitation is for, told to whoever holds its token before they decide: a page shows it to people who are not signed in. It answers
 * nothing that the mail with the link does not say, and changes nothing.
 */
import type { Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { forgiveAttempts, reserveAttempt } from '../auth/sign-in-throttle.ts';
import { openInvitation } from './accept-invitation.ts';
import { readOrganization } from './read-organization.ts';

export type InvitationPreview = {
  readonly organization: { readonly name: string };
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: string;
};

/** Throws LINK_INVALID, RATE_LIMITED. */
export async function previewInvitation(
  app: App,
  request: { readonly token: string; readonly clientAddress: string },
): Promise<InvitationPreview> {
  const attempt = { email: 'invitation', clientAddress: request.clientAddress };
  await reserveAttempt(app, attempt);
  const { org, email, role, expiresAt } = (await openInvitation(app, request.token)).invitation;
  const { organization } = await readOrganization(app, org);
  await forgiveAttempts(app, attempt);
  return { organization: { name: organization.name }, email, role, expiresAt };
}
