/** Reads every stored document with the model of this release and reports those that it cannot read. Changes nothing. */
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';
import { documentPages } from './document-pages.ts';
import { modelOf, storedGroups } from './stored-models.ts';

export type UnreadableDocument = { readonly path: string; readonly problems: readonly string[] };
export type DocumentCheck = { readonly group: string; readonly seen: number; readonly unreadable: readonly UnreadableDocument[] };

const pageDocuments = 200;
const mostProblems = 3;

/** Group by group, as each is done. */
export async function* checkDocuments(store: DocumentStore): AsyncGenerator<DocumentCheck> {
  for (const group of storedGroups) {
    let seen = 0;
    const unreadable: UnreadableDocument[] = [];
    for await (const page of documentPages(store, group, { size: pageDocuments })) {
      seen += page.length;
      unreadable.push(...page.flatMap((row) => faultOf(row) ?? []));
    }
    yield { group, seen, unreadable };
  }
}

export function faultOf({ path, data }: Pick<Snapshot, 'path' | 'data'>): UnreadableDocument | null {
  const parsed = modelOf(path)?.safeParse(data);
  if (parsed === undefined || parsed.success) return null;
  const problems = parsed.error.issues
    .slice(0, mostProblems)
    .map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  return { path, problems };
}
