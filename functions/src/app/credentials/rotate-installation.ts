/** Rotates the data key of every organization, one after the other; for whoever has the store to themselves. */
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { documentPages } from '../migrations/document-pages.ts';
import { type Rotation, type RotationOutcome, rotateOrganization } from './rotate-keys.ts';

export async function* rotateInstallation(
  rotation: Rotation,
  { renew }: { readonly renew: boolean },
): AsyncGenerator<RotationOutcome & { readonly org: string }> {
  for await (const org of eachOrganization(rotation.store))
    yield { org, ...(await rotateOrganization(rotation, org, { renew, graceMs: 0 })) };
}

export async function* eachOrganization(store: DocumentStore): AsyncGenerator<string> {
  for await (const page of documentPages(store, 'organizations', { size: 100 }))
    for (const { path } of page) yield path.split('/').at(-1) ?? '';
}
