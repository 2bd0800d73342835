/**
 * What has been migrated, and who is at it: one document, `installation/migrations`. It is written in every commit of a migration under its
 * version, which makes it cursor and fence at once: a runner that has lost its lock to another cannot commit another document.
 */
import { toInstant } from '@automateos/shared/model/instant';
import type { DocumentStore, Write } from '@automateos/shared/ports/document-store';
import { z } from 'zod';

export const migrationRecordPath = 'installation/migrations';

const Counts = { seen: z.int(), changed: z.int() };

export const MigrationRecord = z.object({
  applied: z.array(z.object({ id: z.string(), at: z.string(), ...Counts })),
  /** How far the one under way has come: documents of `group` up to `after` (a path) are done. */
  progress: z.object({ id: z.string(), group: z.string(), after: z.string().nullable(), ...Counts }).nullable(),
  lock: z.object({ owner: z.string(), until: z.string() }).nullable(),
});
export type MigrationRecord = z.infer<typeof MigrationRecord>;

/** The record with the version that the next write must carry; null = it does not exist. */
export type HeldRecord = { readonly record: MigrationRecord; readonly version: string | null };

export async function readMigrationRecord(store: DocumentStore): Promise<HeldRecord> {
  const snapshot = await store.get(migrationRecordPath);
  if (snapshot === null) return { record: { applied: [], progress: null, lock: null }, version: null };
  return { record: MigrationRecord.parse(snapshot.data), version: snapshot.version };
}

export function recordWrite({ record: data, version }: HeldRecord): Write {
  const path = migrationRecordPath;
  return version === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version };
}

/** Longer than any batch takes; what a crash costs the next run. */
const lockMs = 120_000;

export function lockedUntil(owner: string, nowMs: number): NonNullable<MigrationRecord['lock']> {
  return { owner, until: toInstant(nowMs + lockMs) };
}
