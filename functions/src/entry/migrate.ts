/**
 * `npm run migrate`: brings stored documents to the form of this release. In the data folder (the server must be stopped, which is how it
 * is at its own start, where the same happens by itself) or, with GOOGLE_CLOUD_PROJECT, in Firestore while the earlier release serves.
 *
 *     npm run migrate                what is not applied yet, in order; ends with 0 when nothing is left
 *     npm run migrate -- --dry-run   counts what that would change
 *     npm run migrate -- --check     reads every document with this release's models; ends with 1 if one cannot be read
 *     npm run migrate -- --status    what is applied, what is pending, who is at it
 */
import { parseArgs } from 'node:util';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import { createSystemClock } from '../adapters/embedded/system-clock.ts';
import { checkDocuments } from '../app/migrations/check-documents.ts';
import { readMigrationRecord } from '../app/migrations/migration-record.ts';
import { migrations } from '../app/migrations/migrations.ts';
import { type MigrationRun, previewMigrations, runMigrations } from '../app/migrations/run-migrations.ts';
import { readStoreConfig } from '../config/store-config.ts';
import { runCommand, say } from './commands/run-command.ts';
import { type MigrationStore, openMigrationStore } from './migration-store.ts';

const options = { 'dry-run': { type: 'boolean' }, check: { type: 'boolean' }, status: { type: 'boolean' } } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  await using target = await openMigrationStore(readStoreConfig());
  say(`Documents in ${target.name}`);
  if (values.check === true) return await check(target.store);
  if (values.status === true) return await status(target.store);
  return await migrate(target, values['dry-run'] === true);
}

async function migrate({ store, soleOwner }: MigrationStore, dryRun: boolean): Promise<number> {
  const run: MigrationRun = {
    ...{ store, soleOwner, migrations, clock: createSystemClock(), owner: createRandomIds().make('mig') },
    progress: ({ id, group, seen, changed }) => say(`  ${id}: ${seen} seen, ${changed} changed (${group})`),
  };
  const outcomes = dryRun ? await previewMigrations(run) : await runMigrations(run);
  for (const { id, seen, changed } of outcomes)
    say(dryRun ? `${id} would change ${changed} of ${seen} documents` : `${id} applied: ${changed} of ${seen} documents changed`);
  if (outcomes.length === 0) say('Nothing to do: every migration of this release is applied.');
  return 0;
}

async function check(store: DocumentStore): Promise<number> {
  let bad = 0;
  let all = 0;
  for await (const { seen, unreadable } of checkDocuments(store)) {
    all += seen;
    bad += unreadable.length;
    for (const { path, problems } of unreadable) say(`unreadable: ${path}: ${problems.join('; ')}`);
  }
  say(`${all} documents read, ${bad} that this release cannot read`);
  return bad === 0 ? 0 : 1;
}

async function status(store: DocumentStore): Promise<number> {
  const { record } = await readMigrationRecord(store);
  for (const { id, title } of migrations) {
    const done = record.applied.find((one) => one.id === id);
    say(`${done === undefined ? 'pending' : `applied ${done.at}`}  ${id}  ${title}`);
  }
  const { progress, lock } = record;
  if (progress !== null) say(`under way: ${progress.id}, ${progress.seen} documents seen`);
  if (lock !== null) say(`locked until ${lock.until}`);
  return 0;
}

await runCommand(main);
