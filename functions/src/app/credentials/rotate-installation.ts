/** Rotates the data key of every organization, one after the other; for whoever has the store to themselves. */
import { documentPages } from '../migrations/document-pages.ts';
import { type Rotation, type RotationOutcome, rotateOrganization } from './rotate-keys.ts';

export async function* rotateInstallation(
  rotation: Rotation,
  { renew }: { readonly renew: boolean },
): AsyncGenerator<RotationOutcome & { readonly org: string }> {
  for await (const page of documentPages(rotation.store, 'organizations', { size: 100 })) {
    for (const { path } of page) {
      const org = path.split('/').at(-1) ?? '';
      yield { org, ...(await rotateOrganization(rotation, org, { renew, graceMs: 0 })) };
    }
  }
}
