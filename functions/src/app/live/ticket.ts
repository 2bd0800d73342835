/**
 * Tickets for WebSockets: browsers cannot set a header there, and a token in an address ends up in logs. A ticket stands for the credentials it
 * was asked with, for half a minute and once, in any process. Stored are its digest and the credentials under seal.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import type { Caller } from '../auth/authenticate.ts';
import { digest } from '../digest.ts';

const lifeMs = 30_000;
const shape = /^tkt_[a-z0-9]{24}$/;

export const LiveTicket = z.object({ org: z.string(), sealed: z.string(), expiresAt: z.string() });

/** What is sealed: the organization is named, so that the ticket cannot come to mean another one. */
const Credentials = z.object({ authorization: z.string(), organization: z.string() });

export async function createTicket(
  app: App,
  org: string,
  authorization: string,
): Promise<{ readonly ticket: string; readonly expiresAt: string }> {
  const ticket = app.ids.make('tkt');
  const path = pathOf(ticket);
  const expiresAt = toInstant(app.clock.now() + lifeMs);
  const sealed = await app.secrets.seal(JSON.stringify({ authorization, organization: org }), contextOf(org, ticket));
  const result = await app.store.commit([{ kind: 'create', path, data: { org, sealed, expiresAt } }]);
  if (!result.ok) throw new AppError('INTERNAL');
  return { ticket, expiresAt };
}

/** The credentials behind it, once: whoever takes it away has them. Throws UNAUTHENTICATED. */
export async function redeemTicket(app: App, ticket: string): Promise<Pick<Caller, 'authorization' | 'organization'>> {
  const refused = new AppError('UNAUTHENTICATED', { reason: 'the ticket is not valid: it was used, or it has expired.' });
  if (!shape.test(ticket)) throw refused;
  const path = pathOf(ticket);
  const found = await app.store.get(path);
  if (found === null) throw refused;
  const taken = await app.store.commit([{ kind: 'delete', path, version: found.version }]);
  const { org, sealed, expiresAt } = LiveTicket.parse(found.data);
  if (!taken.ok || fromInstant(expiresAt) <= app.clock.now()) throw refused;
  return Credentials.parse(JSON.parse(await app.secrets.open(sealed, contextOf(org, ticket))));
}

const contextOf = (org: string, ticket: string): string => `live-ticket/${org}/${digest('live-ticket', ticket)}`;
const pathOf = (ticket: string): string => paths.liveTicket(digest('live-ticket', ticket));
