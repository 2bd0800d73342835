/**
 * One line of the audit log per change, written in the commit that makes the change, so that neither exists without the other. Details
 * name things; they never hold values or secrets.
 */

import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { asDocument } from '../engine/as-document.ts';

export const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  by: z.object({
    userId: z.string(),
    via: z.enum(['session', 'api-key', 'system']),
    role: z.string(),
    /** The API key that it came by. */
    keyId: z.string().optional(),
  }),
  /** Where the request came from; absent for the machine's own work and in entries of earlier releases. */
  from: z.object({ address: z.string(), requestId: z.string() }).optional(),
  /** `workflow.created`, `api-key.deleted`, ... */
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().optional() }),
  details: z.record(z.string(), z.json()),
  /** SHA-256 of what was there and of what is there now, as stored; null = nothing. Where the whole state fits a comparison. */
  change: z.object({ before: z.string().nullable(), after: z.string().nullable() }).optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export type AuditTarget = { readonly kind: string; readonly id: string; readonly name?: string };

/** What was stored before and after; null = nothing. */
export type AuditChange = { readonly before: object | null; readonly after: object | null };

export function auditWrite(
  app: App,
  principal: Principal,
  action: string,
  target: AuditTarget,
  details: JsonObject = {},
  change?: AuditChange,
): Write {
  const entry = entryOf(app, principal, { action, target, details, change });
  return { kind: 'create', path: paths.auditEntry(principal.org, entry.id), data: asDocument(entry) };
}

/** What somebody changes of their own account is in a log of the account's, not of the organizations that it is a member of. */
export function accountAuditWrite(
  app: Pick<App, 'ids' | 'clock'>,
  who: AccountActor,
  action: string,
  target: AuditTarget,
  details: JsonObject = {},
): Write {
  const entry = entryOf(app, { via: 'session', role: 'self', ...who }, { action, target, details });
  return { kind: 'create', path: paths.accountEntry(who.userId, entry.id), data: asDocument(entry) };
}

export type AccountActor = { readonly userId: string; readonly from: NonNullable<Principal['from']> };

type Actor = Pick<Principal, 'userId' | 'via' | 'keyId' | 'from'> & { readonly role: string };
type Happened = {
  readonly action: string;
  readonly target: AuditTarget;
  readonly details: JsonObject;
  readonly change?: AuditChange | undefined;
};

function entryOf(
  app: Pick<App, 'ids' | 'clock'>,
  { userId, via, role, keyId, from }: Actor,
  { action, target, details, change }: Happened,
) {
  const now = app.clock.now();
  return {
    // lists go by the instant, then by the id: of two lines in one millisecond the later one has the greater
    ...{ id: app.ids.makeSorted('aud', now), at: toInstant(now) },
    by: { userId, via, role, ...(keyId === undefined ? {} : { keyId }) },
    ...{ action, target, details },
    ...(from === undefined ? {} : { from }),
    ...(change === undefined ? {} : { change: { before: digestOf(change.before), after: digestOf(change.after) } }),
  };
}

/** The same for the same content, whatever the order of its fields. */
function digestOf(state: object | null): string | null {
  return state === null ? null : digest('audit', canonicalJson(state));
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/**
 * For work that is no commit of its own (a backup, pruning, sealing everything anew): written before it begins, so that a crash leaves a line
 * of what was not done to its end, never the work without a line.
 */
export async function auditAhead(
  app: App,
  principal: Principal,
  action: string,
  target: AuditTarget,
  details: JsonObject = {},
): Promise<void> {
  await app.store.commit([auditWrite(app, principal, action, target, details)]);
}
