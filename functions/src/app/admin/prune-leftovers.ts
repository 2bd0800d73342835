/**
 * What nobody needs any more although no execution owns it: records that say themselves when they expire, and the versions of deleted
 * workflows once their last execution is gone.
 */
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { Workflow } from '@automateos/shared/model/workflow';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { letterBlobs } from '../dead-letters/dead-delivery.ts';
import { removeAll } from './remove-all.ts';

const expiring = [
  'oauth-states',
  ...['oauth-states', 'idempotency', 'sign-in-attempts', 'spend', 'webhook-deliveries'],
  ...['live-tickets', 'sign-in-sessions', 'invitations', 'account-links'],
];
const pageSize = 100;
/** A start that had read the workflow just before its deletion has stored its execution by then. */
const graceMs = 3_600_000;

const Tombstone = Workflow.pick({ id: true, org: true }).extend({ deletedAt: z.string() });

/** Returns the number of documents deleted, or to be deleted on a dry run. */
export async function pruneLeftovers(app: App, dryRun: boolean): Promise<number> {
  const now = toInstant(app.clock.now());
  let documents = 0;
  for (const collection of expiring) {
    const query = { collection, group: true, where: [['expiresAt', '<=', now]], orderBy: [['expiresAt', 'asc']] } as const;
    documents += await removeAll(app.store, query, dryRun);
  }
  documents += await pruneDeadMessages(app, now, dryRun);
  let after: Snapshot | undefined;
  for (;;) {
    const startAfter = after === undefined ? {} : { startAfter: { values: [], path: after.path } };
    const page = await app.store.query({ collection: 'deleted-workflows', group: true, limit: pageSize, ...startAfter });
    for (const tombstone of page) documents += await pruneDeletedWorkflow(app, tombstone, dryRun);
    after = page.at(-1);
    if (page.length < pageSize) return documents;
  }
}

/** Letters of messages expire by themselves, with what their message said; those of steps go with their execution. */
async function pruneDeadMessages(app: App, now: string, dryRun: boolean): Promise<number> {
  const where = [['expiresAt', '<=', now]] as const;
  const query = { collection: 'dead-letters', group: true, where, orderBy: [['expiresAt', 'asc']] } as const;
  if (dryRun) return app.store.count(query);
  let documents = 0;
  for (;;) {
    const page = await app.store.query({ ...query, limit: pageSize });
    for (const { path, data } of page) {
      const [first = '', org = ''] = path.split('/');
      const place = first === 'installation' ? first : org;
      await app.blobs.deletePrefix(letterBlobs(place, String(data.id)));
      await app.store.commit([{ kind: 'delete', path }]);
    }
    documents += page.length;
    if (page.length < pageSize) return documents;
  }
}

async function pruneDeletedWorkflow(app: App, snapshot: Snapshot, dryRun: boolean): Promise<number> {
  const { id, org, deletedAt } = Tombstone.parse(snapshot.data);
  if (deletedAt > toInstant(app.clock.now() - graceMs)) return 0;
  // In the order of the list, whose index serves it.
  const ran = { where: [['workflowId', '==', id]], orderBy: [['startedAt', 'desc']] } as const;
  if ((await app.store.query({ collection: paths.executions(org), ...ran, limit: 1 })).length > 0) return 0;
  const versions = await removeAll(app.store, { collection: paths.versions(org, id) }, dryRun);
  const drafts = await removeAll(app.store, { collection: paths.drafts(org, id) }, dryRun);
  const slots = await removeAll(app.store, { collection: `${paths.workflow(org, id)}/slots` }, dryRun);
  if (!dryRun) {
    await app.store.commit([
      { kind: 'delete', path: snapshot.path },
      { kind: 'delete', path: paths.budget(org, id) },
    ]);
  }
  return versions + drafts + slots + 1;
}
