/** Drafts as documents: one for each editor, and `current`, the one draft of a workflow that releases before had. */
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';

/** As many drafts of one workflow are listed and go with it; what is beyond goes with retention. */
export const mostDrafts = 200;

/** Somebody's own, else the one of before; null where there is neither. */
export async function draftRowOf(app: App, org: string, workflowId: string, userId: string): Promise<Snapshot | null> {
  if (!isDocumentId(userId)) return null;
  const [own, shared] = await app.store.getAll([paths.userDraft(org, workflowId, userId), paths.draft(org, workflowId)]);
  return own ?? shared ?? null;
}

/** The last saved first. */
export async function listDraftRows(app: App, org: string, workflowId: string): Promise<readonly Snapshot[]> {
  const rows = await app.store.query({ collection: paths.drafts(org, workflowId), limit: mostDrafts });
  return rows.toSorted((a, b) => (String(a.data.updatedAt) < String(b.data.updatedAt) ? 1 : -1));
}
