/**
 * Rotates an organization's data key: a new one seals, everything sealed is sealed anew, the old ones are forgotten. Each step can be
 * repeated, so that a rotation that was cut off is finished by the next; documents are replaced under conditional writes, and whoever is
 * faster keeps what they wrote.
 *
 *     renew -> seal anew, document by document -> (grace over, and nothing left under them) -> forget the older keys
 *
 * A secret may be sealed with the old key just before it is retired and stored just after its place was looked at: older keys stay for a
 * grace of ten minutes, and a later call, which looks at everything once more, forgets them.
 */

import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Principal } from '@automateos/shared/model/principal';
import type { Clock } from '@automateos/shared/ports/clock';
import type { DataKeyring } from '@automateos/shared/ports/data-keys';
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';
import type { SecretBox } from '@automateos/shared/ports/secret-box';
import type { App } from '../app-context.ts';
import { auditAhead } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { type SealedPlace, sealedPlaces } from './sealed-places.ts';

export type Rotation = {
  readonly store: DocumentStore;
  readonly secrets: SecretBox;
  readonly dataKeys: DataKeyring;
  readonly clock: Pick<Clock, 'now'>;
};

export type RotationOutcome = {
  readonly documents: number;
  readonly resealed: number;
  /** Texts that open no more, whose key is gone or that were copied from elsewhere. They stay as they are. */
  readonly unreadable: number;
  readonly forgottenKeys: number;
  /** Older keys that are still there, and when a further call may forget them. */
  readonly olderKeys: number;
  readonly forgetAfter: string | null;
};

export const rotationGraceMs = 600_000;

/** Throws FORBIDDEN, NOT_SUPPORTED_HERE. `renew: false` goes on with a rotation that was started before. */
export async function rotateKeys(
  app: App,
  principal: Principal,
  { renew }: { readonly renew: boolean },
): Promise<RotationOutcome> {
  requirePermission(principal, 'keys.rotate');
  const { store, secrets, dataKeys, clock } = app;
  if (dataKeys === undefined) throw new AppError('NOT_SUPPORTED_HERE', { what: 'A data key', where: 'a server with a key ring' });
  const { org } = principal;
  await auditAhead(app, principal, 'keys.rotated', { kind: 'organization', id: org }, { renewed: renew });
  return rotateOrganization({ store, secrets, dataKeys, clock }, org, { renew, graceMs: rotationGraceMs });
}

/** `graceMs: 0` where nobody else can be writing. */
export async function rotateOrganization(
  rotation: Rotation,
  org: string,
  { renew, graceMs }: { readonly renew: boolean; readonly graceMs: number },
): Promise<RotationOutcome> {
  const { dataKeys, clock } = rotation;
  if (renew) await dataKeys.renew(org);
  /** What is retired later than this may still be in the hands of a writer. */
  const retiredBefore = toInstant(clock.now() - graceMs + (graceMs === 0 ? 1 : 0));
  const counts = { documents: 0, resealed: 0, unreadable: 0 };
  for (const place of sealedPlaces) {
    for await (const page of place.pages(rotation.store, org)) {
      for (const row of page) {
        const done = await decideAgain(() => resealOnce(rotation, org, place, row.path));
        counts.documents += 1;
        counts.resealed += done.resealed;
        counts.unreadable += done.unreadable;
      }
    }
  }
  const forgottenKeys = await dataKeys.forget(org, retiredBefore);
  const older = await dataKeys.older(org);
  const forgetAfter = older === null ? null : toInstant(fromInstant(older.retiredAt) + graceMs);
  return { ...counts, forgottenKeys, olderKeys: older?.count ?? 0, forgetAfter };
}

async function resealOnce(
  { store, secrets, dataKeys }: Rotation,
  org: string,
  place: SealedPlace,
  path: string,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  const row: Snapshot | null = await store.get(path);
  let resealed = 0;
  let unreadable = 0;
  if (row === null) return { resealed, unreadable };
  const data = await place.rewrite(org, row, async (sealed, context) => {
    if (await dataKeys.isNewest(org, sealed)) return sealed;
    let plain: string;
    try {
      plain = await secrets.open(sealed, context);
    } catch {
      unreadable += 1; // nobody can open it, now or later: keeping it changes nothing
      return sealed;
    }
    resealed += 1;
    return secrets.seal(plain, context);
  });
  if (resealed === 0) return { resealed, unreadable };
  const result = await store.commit([{ kind: 'update', path, data, version: row.version }]);
  if (!result.ok) throw new Outrun('document');
  return { resealed, unreadable };
}
