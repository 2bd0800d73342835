/** Dead letters by page, newest first. */
import { DeadLetter, type DeadLetterKind, type DeadLetterStatus } from '@automateos/shared/model/dead-letter';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { requireInstallation } from '../auth/require-installation.ts';
import { type Page, type PageRequest, scanPage } from '../paging.ts';

export type LetterFilter = {
  readonly status?: DeadLetterStatus | undefined;
  readonly kind?: DeadLetterKind | undefined;
  readonly workflowId?: string | undefined;
  readonly executionId?: string | undefined;
  /** `installation`: messages that belong to no organization that is known. */
  readonly place?: 'organization' | 'installation' | undefined;
};

const scanLimit = 1_000;

/** Where a filter leaves few of many, a page may come back short, or empty, with a next position. */
export async function listDeadLetters(
  app: App,
  principal: Principal,
  request: LetterFilter & PageRequest,
): Promise<Page<DeadLetter>> {
  requirePermission(principal, 'dead-letters.read');
  if (request.place === 'installation') await requireInstallation(app, principal);
  const collection = request.place === 'installation' ? paths.strayLetters : paths.deadLetters(principal.org);
  const query = { collection, where: indexed(request), orderBy: [['createdAt', 'desc']] as const };
  const keep = (row: { readonly data: unknown }): DeadLetter | null => {
    const letter = DeadLetter.parse(row.data);
    return isWanted(letter, request) ? letter : null;
  };
  return scanPage(app.store, query, request, { scanLimit, keep });
}

/** The conditions that have an index; an execution has few letters, its others are looked at. */
function indexed({ status, workflowId, executionId }: LetterFilter): readonly Where[] {
  if (executionId !== undefined) return [['executionId', '==', executionId]];
  return [
    ...(workflowId === undefined ? [] : [['workflowId', '==', workflowId] as const]),
    ...(status === undefined ? [] : [['status', '==', status] as const]),
  ];
}

function isWanted(letter: DeadLetter, { status, kind, workflowId }: LetterFilter): boolean {
  if (status !== undefined && letter.status !== status) return false;
  if (kind !== undefined && letter.kind !== kind) return false;
  return workflowId === undefined || letter.workflowId === workflowId;
}
