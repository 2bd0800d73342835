/**
 * Registration. The first account owns the installation; who may register after that is the operator's to say (account-settings.ts). An
 * invitation makes the account a member with the commit that makes it; without one it gets an organization of its own.
 */
import { User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Identity, IdentitySession } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { acceptInvitation, invitationFor, joining } from '../organizations/accept-invitation.ts';
import { type Session, sessionOf } from './create-session.ts';
import { createInstallation, readOwner } from './ensure-owner.ts';
import { type Credentials, clientOf } from './login.ts';
import { newOrganization } from './new-organization.ts';
import { type Person, principalIn } from './principal-in.ts';
import { reserveAttempt } from './sign-in-throttle.ts';

export type Registration = Credentials & {
  readonly requestId: string;
  /** Token of an invitation. */
  readonly invitation?: string | undefined;
};

const closed = () => new AppError('REGISTRATION_CLOSED');

/** Throws REGISTRATION_CLOSED, RATE_LIMITED, CONFLICT for an address that is taken, and what joining throws. */
export async function register(app: App, identity: Identity, request: Registration): Promise<Session> {
  if ((await readOwner(app)) === null) return registerOwner(app, identity, request);
  const { registration } = app.settings.accounts;
  if (registration === 'closed') throw closed();
  if (registration === 'invited' && request.invitation === undefined) throw closed();
  await reserveAttempt(app, request);
  // before an account is made for it
  if (request.invitation !== undefined) await invitationFor(app, request.email, request.invitation);
  const since = app.clock.now();
  const { signedIn, isTaken } = await openAccount(identity, request);
  if (signedIn === null) {
    throw isTaken
      ? new AppError('CONFLICT', { reason: 'This address has an account. Sign in, then accept the invitation if you have one.' })
      : closed();
  }
  await settle(app, request, signedIn, since);
  return sessionOf(app, signedIn);
}

async function registerOwner(app: App, identity: Identity, request: Registration): Promise<Session> {
  await reserveAttempt(app, request);
  // the session that is answered is older than the account's document by as long as the identity service takes
  const since = app.clock.now();
  const { account, signedIn } = await openAccount(identity, request);
  if (signedIn === null) throw closed();
  await createInstallation(app, { ...(account ?? signedIn), since });
  return sessionOf(app, signedIn);
}

/** An address that is taken signs in with its own password: a crash after createAccount must not lock anybody out. */
async function openAccount(identity: Identity, request: Registration) {
  const account = await identity.createAccount(request.email, request.password);
  const signedIn = await identity.signIn(request.email, request.password, clientOf(request));
  return { account, signedIn, isTaken: account === null };
}

/** The account's document, with its first membership. One that has them already (a second try) joins as anybody who is signed in. */
async function settle(app: App, request: Registration, signedIn: IdentitySession, since: number): Promise<void> {
  const { userId, email } = signedIn;
  const from = { address: request.clientAddress, requestId: request.requestId };
  const person: Person = { user: { id: userId, email }, from };
  await decideAgain(async () => {
    const known = await app.store.get(paths.user(userId));
    if (known !== null) {
      if (request.invitation === undefined) return;
      const account = { user: User.parse(known.data), sessionId: null, expiresAt: signedIn.expiresAt, from };
      await acceptInvitation(app, account, request.invitation);
      return;
    }
    const { belonging, writes } =
      request.invitation === undefined ? ofItsOwn(app, person) : await joining(app, person, request.invitation);
    const createdAt = toInstant(app.clock.now());
    const user: User = { ...person.user, org: belonging.organization.id, createdAt, sessionsValidFrom: toInstant(since) };
    const result = await app.store.commit([{ kind: 'create', path: paths.user(userId), data: asDocument(user) }, ...writes]);
    if (!result.ok) throw new Outrun('account');
  });
}

function ofItsOwn(app: App, person: Person) {
  const { email } = person.user;
  const made = newOrganization(app, person.user, email.slice(0, email.indexOf('@')).slice(0, 100));
  const { organization } = made.belonging;
  const target = { kind: 'organization', id: organization.id, name: organization.name };
  const change = { before: null, after: organization };
  const audit = auditWrite(app, principalIn(person, made.belonging), 'organization.created', target, {}, change);
  return { belonging: made.belonging, writes: [...made.writes, audit] };
}
