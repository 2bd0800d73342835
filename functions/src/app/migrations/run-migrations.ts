/**
 * Brings the stored documents to the form of this release: the migrations that have not been applied yet, in order, each in batches that
 * are committed together with the cursor. Cut off anywhere, the next run goes on behind the last batch. Two runs at once are refused.
 */
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Clock } from '@automateos/shared/ports/clock';
import type { DocumentStore, Snapshot, Write } from '@automateos/shared/ports/document-store';
import { documentPages } from './document-pages.ts';
import type { Migration } from './migration.ts';
import {
  type HeldRecord,
  lockedUntil,
  type MigrationRecord,
  migrationRecordPath,
  readMigrationRecord,
  recordWrite,
} from './migration-record.ts';

export type MigrationRun = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** Random, of this run alone: the lock carries it. */
  readonly owner: string;
  /** Nobody else can be at it: the lock of a run that died is void. */
  readonly soleOwner?: boolean;
  readonly migrations: readonly Migration[];
  /** Called after every batch. */
  readonly progress?: (done: MigrationProgress) => void;
};

export type MigrationProgress = { readonly id: string; readonly group: string; readonly seen: number; readonly changed: number };
export type MigrationOutcome = { readonly id: string; readonly seen: number; readonly changed: number };

/** Another run holds the lock, or has taken it over. */
export class MigrationBusy extends Error {
  override readonly name = 'MigrationBusy';
}

const batchDocuments = 100;
/** How often a document that workers keep writing is decided on anew before the run gives up, to be started again. */
const mostRounds = 20;

export async function pendingMigrations(store: DocumentStore, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { record } = await readMigrationRecord(store);
  return notApplied(record, migrations);
}

/** What a run would change now. Writes nothing and asks for no lock. */
export async function previewMigrations(run: MigrationRun): Promise<readonly MigrationOutcome[]> {
  const outcomes: MigrationOutcome[] = [];
  for (const migration of await pendingMigrations(run.store, run.migrations)) {
    const outcome = { id: migration.id, seen: 0, changed: 0 };
    for (const group of migration.groups) {
      for await (const page of documentPages(run.store, group, { size: batchDocuments })) {
        outcome.seen += page.length;
        outcome.changed += page.filter((row) => migration.change(row) !== null).length;
        run.progress?.({ ...outcome, group });
      }
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Throws MigrationBusy. */
export async function runMigrations(run: MigrationRun): Promise<readonly MigrationOutcome[]> {
  const before = await readMigrationRecord(run.store);
  if (notApplied(before.record, run.migrations).length === 0) return [];
  let held = await takeLock(run, before);
  const outcomes: MigrationOutcome[] = [];
  for (const migration of notApplied(held.record, run.migrations)) {
    held = await runOne(run, migration, held);
    const done = held.record.applied.at(-1);
    if (done !== undefined) outcomes.push({ id: done.id, seen: done.seen, changed: done.changed });
  }
  await save(run, held, { ...held.record, lock: null });
  return outcomes;
}

async function runOne(run: MigrationRun, migration: Migration, start: HeldRecord): Promise<HeldRecord> {
  let held = start;
  const resumed = progressOf(held, migration);
  const groups = resumed === null ? migration.groups : migration.groups.slice(migration.groups.indexOf(resumed.group));
  for (const group of groups) {
    const after = resumed?.group === group ? resumed.after : null;
    for await (const page of documentPages(run.store, group, { size: batchDocuments, after })) {
      held = await commitBatch(run, held, { migration, group, page });
      run.progress?.({ id: migration.id, group, ...countsOf(held, migration) });
    }
  }
  const done = { id: migration.id, at: toInstant(run.clock.now()), ...countsOf(held, migration) };
  return save(run, held, { ...held.record, applied: [...held.record.applied, done], progress: null });
}

type Batch = { readonly migration: Migration; readonly group: string; readonly page: readonly Snapshot[] };

/** Documents that were written meanwhile are read and decided on again; those that are gone are left out. */
async function commitBatch(run: MigrationRun, held: HeldRecord, { migration, group, page }: Batch): Promise<HeldRecord> {
  const before = countsOf(held, migration);
  let rows = page;
  for (let round = 0; round < mostRounds; round += 1) {
    const writes = rows.flatMap((row): Write[] => {
      const data = migration.change(row);
      return data === null ? [] : [{ kind: 'update', path: row.path, data, version: row.version }];
    });
    const counts = { seen: before.seen + page.length, changed: before.changed + writes.length };
    const progress = { id: migration.id, group, after: page.at(-1)?.path ?? null, ...counts };
    const record = { ...held.record, progress, lock: lockedUntil(run.owner, run.clock.now()) };
    const result = await run.store.commit([recordWrite({ record, version: held.version }), ...writes]);
    if (result.ok) return { record, version: result.versions[0] ?? '' };
    if (result.path === migrationRecordPath) throw lostLock();
    rows = (await run.store.getAll(rows.map(({ path }) => path))).filter((row) => row !== null);
  }
  throw new MigrationBusy(`Documents in ${group} are written all the time. It goes on from there when it is started again.`);
}

function progressOf({ record }: HeldRecord, migration: Migration): MigrationRecord['progress'] {
  return record.progress?.id === migration.id ? record.progress : null;
}

function countsOf(held: HeldRecord, migration: Migration): { readonly seen: number; readonly changed: number } {
  const { seen, changed } = progressOf(held, migration) ?? { seen: 0, changed: 0 };
  return { seen, changed };
}

async function takeLock(run: MigrationRun, held: HeldRecord): Promise<HeldRecord> {
  const { lock } = held.record;
  if (run.soleOwner !== true && lock !== null && lock.owner !== run.owner && fromInstant(lock.until) > run.clock.now()) {
    throw new MigrationBusy(`Another migration is under way, until ${lock.until} at least. Try again then.`);
  }
  return save(run, held, { ...held.record, lock: lockedUntil(run.owner, run.clock.now()) });
}

async function save(run: MigrationRun, held: HeldRecord, record: MigrationRecord): Promise<HeldRecord> {
  const result = await run.store.commit([recordWrite({ record, version: held.version })]);
  if (!result.ok) throw lostLock();
  return { record, version: result.versions[0] ?? '' };
}

const lostLock = (): MigrationBusy =>
  new MigrationBusy('Another migration has begun at the same time. Nothing is lost: it goes on.');

function notApplied(record: MigrationRecord, migrations: readonly Migration[]): readonly Migration[] {
  const applied = new Set(record.applied.map(({ id }) => id));
  return migrations.filter(({ id }) => !applied.has(id));
}
