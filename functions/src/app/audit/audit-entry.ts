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

export const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  by: z.object({ userId: z.string(), via: z.enum(['session', 'api-key', 'system']), role: z.string() }),
  /** `workflow.created`, `api-key.deleted`, ... */
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().optional() }),
  details: z.record(z.string(), z.json()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export type AuditTarget = { readonly kind: string; readonly id: string; readonly name?: string };

export function auditWrite(app: App, principal: Principal, action: string, target: AuditTarget, details: JsonObject = {}): Write {
  const id = app.ids.make('aud');
  const by = { userId: principal.userId, via: principal.via, role: principal.role };
  const data = { id, at: toInstant(app.clock.now()), by, action, target, details };
  return { kind: 'create', path: paths.auditEntry(principal.org, id), data };
}

/** For changes that another use case has committed already: a crash in between loses the line, never the change. */
export async function auditChange(
  app: App,
  principal: Principal,
  action: string,
  target: AuditTarget,
  details: JsonObject = {},
): Promise<void> {
  await app.store.commit([auditWrite(app, principal, action, target, details)]);
}
